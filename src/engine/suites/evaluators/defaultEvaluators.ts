import type { ExpectedOutput, GoldenCase } from '../../model/case.ts';
import type { EvaluatorSpec } from '../../model/evaluation.ts';

/** The evaluator that each expectation of a case calls for, in the order in which they are shown. */
const CALLED_FOR: readonly { field: keyof ExpectedOutput & string; type: string }[] = [
  { field: 'json_schema', type: 'is-json' },
  { field: 'tool_calls', type: 'tool-calls' },
  { field: 'forbidden_concepts', type: 'forbidden-concepts' },
  { field: 'expected_concepts', type: 'concepts' },
];

/**
 * What a suite without `evaluators` uses: what the fields of its cases call for, with default options.
 * A case's own `assert` comes on top, here as everywhere. Which of them take part in a case is said by
 * `caseCallsFor`.
 */
export function defaultEvaluators(): EvaluatorSpec[] {
  return CALLED_FOR.map(({ type }) => ({ type, name: type, negated: false, options: {}, weight: 1 }));
}

/** Whether a case has the field that a default evaluator measures. */
export function caseCallsFor(type: string, goldenCase: GoldenCase): boolean {
  const field = CALLED_FOR.find((entry) => entry.type === type)?.field;
  const value = field === undefined ? undefined : goldenCase.expected_output?.[field];
  // An empty list of tool calls says that none is expected; an empty list of concepts says nothing.
  if (Array.isArray(value)) return value.length > 0 || field === 'tool_calls';
  return value !== undefined && value !== null;
}
