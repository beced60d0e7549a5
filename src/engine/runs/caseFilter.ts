import type { GoldenCase } from '../model/case.ts';
import type { RunFilter } from '../model/run.ts';

/** What a filter looks at. */
type Named = Pick<GoldenCase, 'id' | 'description' | 'tags'>;

/** Whether a filter lets every case through. */
export function isOpen(filter: RunFilter): boolean {
  return filter.names.length === 0 && filter.tags.length === 0 && !filter.ids?.length;
}

/** Compiles a filter; `*` in a name stands for any text, otherwise a name may occur anywhere in the id or description. */
export function caseFilter(filter: RunFilter): (entry: Named) => boolean {
  const names = filter.names.map(nameMatcher);
  const tags = new Set(filter.tags);
  const ids = new Set(filter.ids);
  return (entry) => {
    if (ids.size > 0 && !ids.has(entry.id)) return false;
    if (tags.size > 0 && !entry.tags?.some((tag) => tags.has(tag))) return false;
    if (names.length === 0) return true;
    return names.some((matches) => matches(entry.id) || matches(entry.description ?? ''));
  };
}

function nameMatcher(name: string): (text: string) => boolean {
  const wanted = name.toLowerCase();
  if (!wanted.includes('*')) return (text) => text.toLowerCase().includes(wanted);
  const parts = wanted.split('*');
  return (text) => matchesParts(text.toLowerCase(), parts);
}

/** Glob with `*` only: each part must follow the one before; the first and the last are anchored. Linear time. */
function matchesParts(text: string, parts: readonly string[]): boolean {
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (!text.startsWith(first) || text.length < first.length + last.length) return false;
  let from = first.length;
  for (const part of parts.slice(1, -1)) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return text.length - last.length >= from && text.endsWith(last);
}
