import { formatPointer } from '../../engine/datasets/check/schemaError.ts';
import type { DatasetDiff } from '../../engine/datasets/diff/diffDatasets.ts';
import type { FieldChange } from '../../engine/datasets/diff/diffValues.ts';
import { diffText } from '../../engine/files/text/diffText.ts';
import type { GoldenCase } from '../../engine/model/case.ts';
import { formatCount } from '../../engine/model/figures.ts';
import type { JsonValue } from '../../engine/model/json.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import type { Style } from '../terminal/style.ts';

/** Most cases shown of each kind; `--json` has all. */
const MAX_CASES = 50;
/** Longest value that is shown beside its other version, in characters. */
const SHORT = 48;
/** Longest line of a value, in characters. */
const LONG = 400;

/** A comparison of two dataset versions for a person. */
export function datasetDiffLines(diff: DatasetDiff, style: Style): string[] {
  const { before, after } = diff;
  return [
    style.bold(`${sanitizeLine(before.label)} → ${sanitizeLine(after.label)}`),
    ...(before.schemaVersion === after.schemaVersion
      ? []
      : [`schema ${sanitizeLine(before.schemaVersion)} → ${sanitizeLine(after.schemaVersion)}`]),
    ...section('header', diff.header, (change) => changeLines(change, '  ', style)),
    ...section(`removed (${formatCount(diff.removed.length)})`, diff.removed, (entry) => [
      style.red(`  - ${loneText(entry.id, entry.case)}`) + renamed('is now', entry.sameAs),
    ]),
    ...section(`added (${formatCount(diff.added.length)})`, diff.added, (entry) => [
      style.green(`  + ${loneText(entry.id, entry.case)}`) + renamed('was', entry.sameAs),
    ]),
    ...section(`changed (${formatCount(diff.changed.length)})`, diff.changed, (entry) => [
      style.yellow(`  ~ ${sanitizeLine(entry.id)}`),
      ...entry.changes.flatMap((change) => changeLines(change, '      ', style)),
    ]),
    '',
    ...verdictLines(diff, style),
  ];
}

function section<T>(title: string, entries: readonly T[], lines: (entry: T) => string[]): string[] {
  if (entries.length === 0) return [];
  const more = entries.length - MAX_CASES;
  return [
    '',
    title,
    ...entries.slice(0, MAX_CASES).flatMap(lines),
    ...(more > 0 ? [`  … and ${formatCount(more)} more; list them with --json`] : []),
  ];
}

function loneText(id: string, { description, input, messages }: GoldenCase): string {
  const last = messages?.at(-1)?.content;
  const text = description ?? (typeof input === 'string' ? input : JSON.stringify(input ?? last ?? null));
  return `${sanitizeLine(id)}  ${cut(sanitizeLine(text), 72)}`;
}

function renamed(verb: string, id: string | undefined): string {
  return id === undefined ? '' : `  (same content; ${verb} ${sanitizeLine(id)})`;
}

function changeLines(change: FieldChange, indent: string, style: Style): string[] {
  const name = sanitizeLine(formatPointer(change.path));
  const minus = (text: string): string => style.red(`${indent}  - ${cut(sanitizeLine(text), LONG)}`);
  const plus = (text: string): string => style.green(`${indent}  + ${cut(sanitizeLine(text), LONG)}`);
  switch (change.kind) {
    case 'added':
      return [`${indent}${name}: added`, plus(show(change.after))];
    case 'removed':
      return [`${indent}${name}: removed`, minus(show(change.before))];
    case 'items':
      return [
        `${indent}${name}`,
        ...change.removed.map((item) => minus(show(item))),
        ...change.added.map((item) => plus(show(item))),
      ];
    case 'changed': {
      const [before, after] = [show(change.before), show(change.after)];
      if (isLong(change.before) || isLong(change.after)) {
        const hunks = textLines(String(change.before), String(change.after));
        return [
          `${indent}${name}`,
          ...hunks.map((line) => {
            if (line.startsWith('-')) return minus(line.slice(1));
            return line.startsWith('+')
              ? plus(line.slice(1))
              : `${indent}    ${cut(sanitizeLine(line.slice(1)), LONG)}`;
          }),
        ];
      }
      if (before.length <= SHORT && after.length <= SHORT) {
        return [`${indent}${name}: ${style.red(sanitizeLine(before))} → ${style.green(sanitizeLine(after))}`];
      }
      return [`${indent}${name}`, minus(before), plus(after)];
    }
  }
}

/** A text of several lines, of which only those around a change are shown. */
function isLong(value: JsonValue): boolean {
  return typeof value === 'string' && value.trimEnd().includes('\n');
}

function textLines(before: string, after: string): string[] {
  return diffText(before, after, 'text')
    .split('\n')
    .filter((line) => /^[-+ ]/.test(line) && !/^(---|\+\+\+) [ab]\/text/.test(line));
}

function show(value: JsonValue): string {
  return JSON.stringify(value);
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

const CALLED_FOR = {
  none: 'no new version',
  patch: 'a patch version (only wording changed)',
  minor: 'a minor version (cases were added)',
  major: 'a major version (cases were removed, or expectations changed)',
};

function verdictLines({ added, removed, changed, unchanged, version }: DatasetDiff, style: Style): string[] {
  const counts = `${formatCount(added.length)} added, ${formatCount(removed.length)} removed, ${formatCount(changed.length)} changed, ${formatCount(unchanged)} unchanged`;
  const step =
    version.before === version.after
      ? `unchanged at ${version.after}`
      : `${version.before} → ${version.after}`;
  const lines = [counts, `calls for ${CALLED_FOR[version.needed]}`];
  if (version.enough) return [...lines, style.green(`version ${sanitizeLine(step)}: ok`)];
  const remedy = version.suggested === undefined ? '' : `; set version: ${version.suggested}`;
  const why = version.made === 'lowered' ? 'lowered' : 'not raised enough';
  return [...lines, style.red(`version ${sanitizeLine(step)}: ${why}${sanitizeLine(remedy)}`)];
}
