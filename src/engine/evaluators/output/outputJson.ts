import type { JsonValue } from '../../model/json.ts';
import type { EvaluationInput } from '../evaluator.ts';

type Parsed = { ok: true; value: JsonValue } | { ok: false; reason: string };

const cache = new WeakMap<object, Parsed>();

/** The whole output as JSON, parsed once per output however many evaluators ask. */
export function outputJson(output: EvaluationInput['output']): Parsed {
  const known = cache.get(output);
  if (known) return known;
  const parsed: Parsed = output.json === undefined ? parse(output.text) : { ok: true, value: output.json };
  cache.set(output, parsed);
  return parsed;
}

function parse(text: string): Parsed {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}
