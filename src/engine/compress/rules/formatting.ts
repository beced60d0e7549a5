import { splitLines } from '../lines.ts';
import type { Rule } from '../rule.ts';

/** Decoration that Markdown does not need: long rules, closed and bold headings. */
export const formatting: Rule = {
  name: 'formatting',
  level: 'safe',
  reason: 'decoration',
  suggest(message) {
    return splitLines(message.text).flatMap(({ start, end, text: line }) =>
      FORMS.flatMap(([pattern, replacement]) => {
        const match = pattern.exec(line);
        if (match === null || message.isShape({ start, end })) return [];
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
  },
};

const FORMS: readonly [RegExp, string][] = [
  [/^([-*_=])\1{3,}[ \t]*$/, '$1$1$1'],
  [/^([*_-])(?: \1){2,}[ \t]*$/, '$1$1$1'],
  [/(?<=^#{1,6} .{0,300}\S)[ \t]{1,8}#+[ \t]{0,8}$/, ''],
  [/(?<=^#{1,6} )\*\*([^*]+)\*\*[ \t]*$/, '$1'],
];
