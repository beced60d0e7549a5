import { z } from 'zod';
import { ConfigError } from '../../../errors.ts';
import type { EvaluatorSpec } from '../../../model/evaluation.ts';
import type { EvaluatorDefinition } from '../../evaluator.ts';
import { binary, quote } from '../../score.ts';

const options = z.strictObject({
  value: z
    .union([z.string().min(1), z.array(z.union([z.string(), z.number(), z.boolean()])).min(1)])
    .describe('A list of strings, or one comma-separated string ("quotes" protect a comma).'),
});

type Options = z.infer<typeof options>;

export const containsAny = define(
  'contains-any',
  'any',
  false,
  'The output contains at least one of the strings.',
);
export const containsAll = define('contains-all', 'all', false, 'The output contains all of the strings.');
export const icontainsAny = define(
  'icontains-any',
  'any',
  true,
  'The output contains at least one of the strings, ignoring case.',
);
export const icontainsAll = define(
  'icontains-all',
  'all',
  true,
  'The output contains all of the strings, ignoring case.',
);

function define(
  type: string,
  kind: 'any' | 'all',
  ignoreCase: boolean,
  summary: string,
): EvaluatorDefinition<Options> {
  return {
    type,
    stage: 'heuristic',
    summary,
    options,
    shorthand: 'value',
    create(spec, { value }) {
      const shown = typeof value === 'string' ? splitList(value, spec) : value.map(String);
      const needles = ignoreCase ? shown.map((text) => text.toLowerCase()) : shown;
      const listed = quote(shown.join(', '), 200);
      const yes = binary(true, `contains ${kind === 'any' ? 'one' : 'all'} of ${listed}`);
      const none = binary(false, `contains none of ${listed}`);

      return ({ output }) => {
        const text = ignoreCase ? output.text.toLowerCase() : output.text;
        if (kind === 'any') return needles.some((needle) => text.includes(needle)) ? yes : none;
        const missing = shown.filter((_, index) => !text.includes(needles[index] ?? ''));
        return missing.length === 0
          ? yes
          : binary(false, `does not contain ${quote(missing.join(', '), 200)}`);
      };
    },
  };
}

/** Fields between commas, trimmed; `"a, b"` is one field, `""` or `\"` inside quotes is a quote. */
function splitList(text: string, spec: EvaluatorSpec): string[] {
  const fields: string[] = [];
  const field = /\s*(?:"((?:[^"\\]|\\.|"")*)"\s*(?=,|$)|([^,"][^,]*|))(?:,|$)/gsy;
  while (field.lastIndex < text.length) {
    const match = field.exec(text);
    if (!match) {
      throw new ConfigError(`${spec.type}: a quotation mark in ${quote(text)} is not closed`, {
        where: spec.location,
        remedy: 'Write the strings as a list instead.',
      });
    }

    const quoted = match[1]?.replace(/\\(["\\])|""/g, (_, escaped: string | undefined) => escaped ?? '"');
    const plain = match[2]?.trim();
    if (quoted !== undefined) fields.push(quoted);
    else if (plain) fields.push(plain);
  }

  if (fields.length > 0) return fields;
  throw new ConfigError(`${spec.type}: the list is empty`, spec.location ? { where: spec.location } : {});
}
