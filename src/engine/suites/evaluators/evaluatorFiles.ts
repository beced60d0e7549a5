import type { EvaluatorSpec } from '../../model/evaluation.ts';
import { isJsonObject } from '../../model/json.ts';

const PREFIX = 'file://';
/** Evaluators whose `schema` may be a path without `file://` before it. */
const SCHEMA_TYPES: ReadonlySet<string> = new Set(['is-json', 'contains-json']);

/** The files that an evaluator's options refer to, each with the option's key; relative to the workspace. */
export function evaluatorFiles(spec: EvaluatorSpec): { key: string; reference: string }[] {
  return Object.entries(spec.options).flatMap(([key, value]) =>
    [value].flat().flatMap((item) => {
      if (spec.type === 'assert-set' && key === 'assert' && isJsonObject(item)) {
        return evaluatorFiles(item as unknown as EvaluatorSpec);
      }
      if (typeof item !== 'string') return [];
      if (key === 'schema' && SCHEMA_TYPES.has(spec.type)) return [{ key, reference: pathOf(item) }];
      return item.startsWith(PREFIX) ? [{ key, reference: pathOf(item) }] : [];
    }),
  );
}

/** Without the prefix, and without the name of a function behind a script (`file://check.js:grade`). */
function pathOf(text: string): string {
  const path = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text;
  return path.replace(/(\.[cm]?js):[\w$]+$/, '$1');
}
