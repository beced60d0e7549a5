import { isTableRule } from '../markup.ts';
import type { Rule } from '../rule.ts';
import { givenTables } from '../tables.ts';

/** The line below the head of a Markdown table: three dashes a column are enough. */
export const tableRules: Rule = {
  name: 'table-rules',
  level: 'safe',
  reason: 'longer than a table needs',
  suggest(message, { count }) {
    return givenTables(message)
      .filter((line) => isTableRule(line.text))
      .flatMap((line) => {
        const forms = ['---', ' --- '].map((dashes) =>
          line.text
            .trim()
            .replace(/[ \t]*(:?)-{2,}(:?)[ \t]*/g, (_, left: string, right: string) =>
              dashes.replace('---', `${left}---${right}`),
            )
            .trim(),
        );

        const best = forms.reduce((a, b) => (count(b) < count(a) ? b : a));
        const start = line.start + (line.text.length - line.text.trimStart().length);

        return best === line.text.trim()
          ? []
          : [[{ start, end: start + line.text.trim().length, text: best }]];
      });
  },
};
