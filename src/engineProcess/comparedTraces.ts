import { compareTraces } from '../engine/traces/compareTraces.ts';
import type { TraceReader } from '../engine/traces/traceReader.ts';
import { trialsOf } from '../engine/traces/traceSteps.ts';
import type { TraceComparison } from '../protocol/traceCalls.ts';

/** Two traces step by step, each beside the one that it corresponds to. Null where one is not there. */
export function comparedTraces(reader: TraceReader, before: string, after: string): TraceComparison | null {
  const [first, second] = [reader.trace(before), reader.trace(after)];
  if (!first || !second) return null;

  // Of a case that was tried several times, the first.
  const [left] = trialsOf(first.tree);
  const [right] = trialsOf(second.tree);
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
  };
}
