import { UserError } from '../../errors.ts';
import type { EvaluatorSpec } from '../../model/evaluation.ts';
import { isJsonObject, type JsonValue } from '../../model/json.ts';
import { evaluatorDefinition } from '../registry.ts';

/** Whether an evaluator is a judge, or a set with a judge in it. One that cannot be used is none. */
export function asksJudge({ type, options }: Pick<EvaluatorSpec, 'type' | 'options'>): boolean {
  return isJudge(type) || hasJudge(options['assert']);
}

function hasJudge(assertions: JsonValue | undefined): boolean {
  if (!Array.isArray(assertions)) return false;
  return assertions.some((assertion) => {
    if (!isJsonObject(assertion)) return false;
    const { type, assert } = assertion;
    return (typeof type === 'string' && isJudge(type.replace(/^not-/, ''))) || hasJudge(assert);
  });
}

function isJudge(type: string): boolean {
  try {
    return evaluatorDefinition(type).stage === 'judge';
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
