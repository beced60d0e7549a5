import type { LocatedCase } from '../../model/case.ts';
import type { PendingOutput } from '../../model/result.ts';
import { EXCHANGE, type PairAnswer, type PairCase } from './pairCase.ts';

/** Names of the two targets in the run. */
export interface PairTargets {
  baseline: string;
  candidate: string;
}

/** Where a pending output keeps the trace of its exchange. */
const TRACE = 'trace_id';

/** A pair that is not judged yet, as it is stored. */
export function pendingOutputs(pair: PairCase, targets: PairTargets): PendingOutput[] {
  return (['baseline', 'candidate'] as const).map((side) => {
    const { output, startedAt, traceId } = pair[side];
    return {
      ...{ target: targets[side], caseIndex: pair.located.index, trial: 0, startedAt },
      output: { ...output, metadata: { ...output.metadata, [TRACE]: traceId } },
    };
  });
}

/** What `pendingOutputs` was made of; undefined where a side is not there. */
export function pendingPair(
  located: LocatedCase,
  outputs: readonly PendingOutput[],
  targets: PairTargets,
): PairCase | undefined {
  const of = (name: string) => answerOf(outputs.find(({ target }) => target === name));
  const [baseline, candidate] = [of(targets.baseline), of(targets.candidate)];
  if (!baseline || !candidate) return undefined;
  return { exchange: exchangeOf(located), located, baseline, candidate };
}

/** Of the exchange that a case is from. */
export function exchangeOf({ case: { metadata } }: LocatedCase): string {
  return String(metadata?.[EXCHANGE]);
}

function answerOf(pending: PendingOutput | undefined): PairAnswer | undefined {
  const { [TRACE]: traceId, ...metadata } = pending?.output.metadata ?? {};
  if (!pending || typeof traceId !== 'string') return undefined;
  const output = { ...pending.output, metadata };
  if (Object.keys(metadata).length === 0) delete (output as { metadata?: unknown }).metadata;
  return { output, startedAt: pending.startedAt, traceId };
}
