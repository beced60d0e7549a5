import { evaluatorDefinition } from '../../evaluators/registry.ts';
import type { EvaluatorSpec } from '../../model/evaluation.ts';
import { isJsonObject, type JsonValue } from '../../model/json.ts';

/** Why an evaluator cannot be used on live spans. */
export interface Unfit {
  message: string;
  remedy: string;
}

/**
 * The option that stands for the expectation of the case: without it there is nothing to compare a live span with. Null where
 * no option can.
 */
const EXPECTATIONS: ReadonlyMap<string, string | null> = new Map([
  ['equals', 'value'],
  ['iequals', 'value'],
  ['forbidden-concepts', 'concepts'],
  ['concepts', 'concepts'],
  ['tool-calls', 'calls'],
  ['tool-call-f1', 'value'],
  ['latency', 'max_ms'],
  ['cost', 'max_usd'],
  ['bleu', 'value'],
  ['gleu', 'value'],
  ['meteor', 'value'],
  ['rouge-n', 'value'],
  ['rouge-l', 'value'],
  ['token-f1', 'value'],
  ['levenshtein', 'value'],
  ['similar', 'value'],
  ['similar:cosine', 'value'],
  ['similar:dot', 'value'],
  ['similar:euclidean', 'value'],
  ['factuality', 'expected'],
  ['context-recall', 'expected'],
  ['pairwise', null],
]);

const SCRIPTS: ReadonlySet<string> = new Set(['javascript', 'python']);

/** Undefined for one that can be used, as can all members of a set. */
export function unfitFor(spec: Pick<EvaluatorSpec, 'type' | 'options' | 'transform'>): Unfit | undefined {
  const { type, options, transform } = spec;
  const member = membersOf(options['assert'])
    .map(unfitFor)
    .find((unfit) => unfit !== undefined);
  if (member) return member;
  if (SCRIPTS.has(type) || transform !== undefined || runsFile(options))
    return {
      message: `"${type}" runs a script, and scripts are not run on live spans`,
      remedy: 'Use it in a suite, or replace it with an evaluator without a script.',
    };

  const definition = evaluatorDefinition(type);
  const key = EXPECTATIONS.get(type);
  if (key === null || definition.compares?.(options) || definition.ranks || type === 'max-score')
    return {
      message: `"${type}" compares several answers, and a live span has one`,
      remedy: 'Use it in a suite, or score the answer by itself, for example with rubric.',
    };
  if (key === undefined || options[key] !== undefined) return undefined;
  return {
    message: `"${type}" needs an expected answer or a limit, and live spans come without a case`,
    remedy: `Add "${key}" to it, or use it in a suite.`,
  };
}

/** Of a set; none for any other option. */
export function membersOf(
  value: JsonValue | undefined,
): Pick<EvaluatorSpec, 'type' | 'options' | 'transform'>[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((member) => {
    if (!isJsonObject(member) || typeof member['type'] !== 'string') return [];
    const { type, options, transform } = member;
    return [
      {
        type,
        options: isJsonObject(options) ? options : {},
        ...(typeof transform === 'string' ? { transform } : {}),
      },
    ];
  });
}

function runsFile(options: EvaluatorSpec['options']): boolean {
  return /"file:\/\/[^"]*\.(?:[cm]?[jt]s|py)(?::[^"]*)?"/.test(JSON.stringify(options));
}
