import { createTwoFilesPatch } from 'diff';

/** A unified diff with three lines of context, as `git diff` writes it; empty when the texts are equal. */
export function diffText(before: string, after: string, path: string): string {
  const name = path.replace(/^\/+/, '');
  if (before === after) return '';
  const patch = createTwoFilesPatch(`a/${name}`, `b/${name}`, before, after, undefined, undefined, {
    context: 3,
  });
  return patch.replace(/^=+\r?\n/, '');
}
