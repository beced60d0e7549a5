import { createTwoFilesPatch } from 'diff';

/** A unified diff with three lines of context, as `git diff` writes it; empty when the texts are equal. */
export function diffText(before: string, after: string, path: string, pathAfter = path): string {
  const [from, to] = [path, pathAfter].map((name) => name.replace(/^\/+/, ''));
  if (before === after) return '';
  const patch = createTwoFilesPatch(`a/${from}`, `b/${to}`, before, after, undefined, undefined, {
    context: 3,
  });
  return patch.replace(/^=+\r?\n/, '');
}
