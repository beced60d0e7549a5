import type { EvaluationInput } from '../../evaluator.ts';

/** Steps that are told: the first and the last of them where there are more. */
const MAX_STEPS = 24;
const HEAD_STEPS = 12;

interface ToldStep {
  index: number;
  type: string;
  name: string;
  /** So many equal steps in a row. */
  collapsedCount?: number;
}

/**
 * What a target did, for a judge: kinds and names in order, without arguments, equal ones in a row as one; after
 * promptfoo's `summarizeTrajectoryForJudge`. JSON.
 */
export function trajectorySummary({ steps, toolCalls }: EvaluationInput['output']): string {
  const all = steps.length > 0 ? steps : toolCalls.map(({ name }) => ({ type: 'tool', name }));
  const compacted: ToldStep[] = [];
  for (const [index, { type, name = type }] of all.entries()) {
    const last = compacted.at(-1);
    if (last && last.type === type && last.name === name)
      last.collapsedCount = (last.collapsedCount ?? 1) + 1;
    else compacted.push({ index: index + 1, type, name });
  }

  const omitted = compacted.length - MAX_STEPS;
  const told =
    omitted <= 0
      ? compacted
      : [
          ...compacted.slice(0, HEAD_STEPS),
          { omittedCount: omitted },
          ...compacted.slice(HEAD_STEPS - MAX_STEPS),
        ];
  const summary = { stepCount: all.length, compactedStepCount: compacted.length, steps: told };

  return JSON.stringify(summary, null, 2);
}
