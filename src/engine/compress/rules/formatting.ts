import type { Edit } from '../edit.ts';
import { splitLines } from '../lines.ts';
import type { Rule } from '../rule.ts';

/** Decoration that Markdown does not need: long rules, closed or bold headings, rows of exclamation marks. */
export const formatting: Rule = {
  name: 'formatting',
  level: 'safe',
  reason: 'decoration',
  suggest({ text }) {
    const lines = splitLines(text).flatMap(({ start, text: line }) =>
      FORMS.flatMap(([pattern, replacement]) => {
        const match = pattern.exec(line);
        if (match === null) return [];
        return [
          [
            {
              start: start + match.index,
              end: start + match.index + match[0].length,
              text: replacement.replaceAll('$1', match[1] ?? ''),
            },
          ],
        ];
      }),
    );
    return [...lines, ...marks(text).map((edit) => [edit])];
  },
};

const FORMS: readonly [RegExp, string][] = [
  [/^([-*_=])\1{3,}[ \t]*$/, '$1$1$1'],
  [/^([*_-])(?: \1){2,}[ \t]*$/, '$1$1$1'],
  [/(?<=^#{1,6} .*\S)[ \t]+#+[ \t]*$/, ''],
  [/(?<=^#{1,6} )\*\*([^*]+)\*\*[ \t]*$/, '$1'],
];

function marks(text: string): Edit[] {
  return [...text.matchAll(/(?<=[\p{L}\p{N}\s"')\]])([!?])\1+(?=\s|$)/gu)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    text: match[1] ?? '',
  }));
}
