import { compareTraces } from '../engine/traces/compareTraces.ts';
import { compareTrials } from '../engine/traces/compareTrials.ts';
import type { TraceReader } from '../engine/traces/traceReader.ts';
import { trialsOf } from '../engine/traces/traceSteps.ts';
import type { TraceComparison } from '../protocol/traceCalls.ts';

/** Two traces step by step, each beside the one that it corresponds to. Null where one is not there. */
export function comparedTraces(reader: TraceReader, before: string, after: string): TraceComparison | null {
  const [first, second] = [reader.trace(before), reader.trace(after)];
  if (!first || !second) return null;

  const [lefts, rights] = [trialsOf(first.tree), trialsOf(second.tree)];
  // Of a case that was tried several times, the first step by step, and all of them by how often they made each.
  const [[left], [right]] = [lefts, rights];
  if (!left || !right) return null;

  const { steps, firstDivergence } = compareTraces(left, right);
  return {
    before: reader.summaryOf(first),
    after: reader.summaryOf(second),
    steps: steps.map((pair) => ({
      before: 'left' in pair ? pair.left : null,
      after: 'right' in pair ? pair.right : null,
    })),
    firstDivergence,
    trials: lefts.length > 1 || rights.length > 1 ? compareTrials(lefts, rights) : null,
  };
}
