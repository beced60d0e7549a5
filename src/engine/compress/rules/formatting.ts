import { splitLines } from '../lines.ts';
import type { Rule } from '../rule.ts';

/** Decoration that Markdown does not need: closed and bold headings. */
export const formatting: Rule = {
  name: 'formatting',
  level: 'aggressive',
  reason: 'decoration',
  suggest(message) {
    if (message.speaksOf('bold')) return [];
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
  [/(?<=^#{1,6} .{0,300}\S)[ \t]{1,8}#+[ \t]{0,8}$/, ''],
  [/(?<=^#{1,6} )\*\*([^*]+)\*\*[ \t]*$/, '$1'],
];
