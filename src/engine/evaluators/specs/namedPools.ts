import type { EvaluatorSpec } from '../../model/evaluation.ts';
import { isJsonObject } from '../../model/json.ts';
import { asksJudge } from './asksJudge.ts';

/** A bulkhead that an evaluator names. */
export interface NamedPool {
  pool: string;
  /** Place of the member of a set that names it; undefined for the evaluator itself. */
  member?: number;
  /** Whether whoever names it makes calls that a bulkhead can limit. */
  asks: boolean;
}

/** The bulkheads that an evaluator and, where it is a set, its members name. */
export function namedPools(spec: EvaluatorSpec): NamedPool[] {
  const own: NamedPool[] =
    spec.bulkhead === undefined ? [] : [{ pool: spec.bulkhead, asks: asksJudge(spec) }];
  const { assert } = spec.options;
  if (spec.type !== 'assert-set' || !Array.isArray(assert)) return own;

  const ofMembers = assert.flatMap((item, member): NamedPool[] => {
    if (!isJsonObject(item)) return [];
    const { type, bulkhead: pool, options } = item;
    if (typeof pool !== 'string' || typeof type !== 'string') return [];
    return [{ pool, member, asks: asksJudge({ type, options: isJsonObject(options) ? options : {} }) }];
  });
  return [...own, ...ofMembers];
}
