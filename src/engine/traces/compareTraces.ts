import type { TraceStep, TraceTrial } from './traceSteps.ts';

/** What is not the same about a step that both have. */
export type StepChange = 'model' | 'arguments' | 'result' | 'error';

export type StepPair =
  | { kind: 'same'; left: TraceStep; right: TraceStep }
  | { kind: 'changed'; left: TraceStep; right: TraceStep; changes: StepChange[] }
  | { kind: 'removed'; left: TraceStep }
  | { kind: 'added'; right: TraceStep };

export interface TraceComparison {
  /** In the order of both. */
  steps: StepPair[];
  /** Index of the first of them that is not the same; null where all are. */
  firstDivergence: number | null;
  tools: { left: string[]; right: string[]; order: 'same' | 'reordered' | 'different' };
  tokens: Pair;
  costUsd: Pair;
  durationMs: Pair;
  /** Steps beyond the limit of a side were left out. */
  cut: boolean;
}

export interface Pair {
  left: number | null;
  right: number | null;
  /** Right minus left; null where one is unknown. */
  difference: number | null;
}

/** Of each side: the table of the alignment grows with both. */
const MOST_STEPS = 1_500;

/** What an agent did in one trial beside what it did in another. */
export function compareTraces(left: TraceTrial, right: TraceTrial): TraceComparison {
  const [before, after] = [left.steps.slice(0, MOST_STEPS), right.steps.slice(0, MOST_STEPS)];
  const steps = aligned(before, after);
  const first = steps.findIndex(({ kind }) => kind !== 'same');
  const tools = { left: toolsOf(left), right: toolsOf(right) };
  return {
    steps,
    firstDivergence: first === -1 ? null : first,
    tools: { ...tools, order: orderOf(tools.left, tools.right) },
    tokens: pairOf(left.tokens, right.tokens),
    costUsd: pairOf(left.costUsd, right.costUsd),
    durationMs: pairOf(left.durationMs, right.durationMs),
    cut: before.length < left.steps.length || after.length < right.steps.length,
  };
}

/** By a longest common subsequence of their keys; where several are as long, steps that are wholly the same stay together. */
function aligned(left: readonly TraceStep[], right: readonly TraceStep[]): StepPair[] {
  const width = right.length + 1;
  const best = new Float64Array((left.length + 1) * width);
  const at = (i: number, j: number) => best[i * width + j] ?? 0;
  for (let i = left.length - 1; i >= 0; i -= 1)
    for (let j = right.length - 1; j >= 0; j -= 1) {
      const match = likeness(left[i], right[j]);
      const paired = match === 0 ? 0 : match + at(i + 1, j + 1);
      best[i * width + j] = Math.max(paired, at(i + 1, j), at(i, j + 1));
    }

  const pairs: StepPair[] = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    const [one, other] = [left[i], right[j]];
    const match = likeness(one, other);
    if (one && other && match > 0 && at(i, j) === match + at(i + 1, j + 1)) {
      pairs.push(paired(one, other));
      i += 1;
      j += 1;
    } else if (one && (!other || at(i + 1, j) >= at(i, j + 1))) {
      pairs.push({ kind: 'removed', left: one });
      i += 1;
    } else if (other) {
      pairs.push({ kind: 'added', right: other });
      j += 1;
    }
  }
  return pairs;
}

/** So that one more pair always counts for more than any number of equal ones. */
const PAIR = 2 * MOST_STEPS;

function likeness(left: TraceStep | undefined, right: TraceStep | undefined): number {
  if (!left || left.key !== right?.key) return 0;
  return PAIR + (left.arguments === right.arguments ? 1 : 0);
}

function paired(left: TraceStep, right: TraceStep): StepPair {
  const changes = (['model', 'arguments', 'result', 'error'] as const).filter(
    (key) => left[key] !== right[key],
  );
  return changes.length === 0 ? { kind: 'same', left, right } : { kind: 'changed', left, right, changes };
}

function toolsOf({ steps }: TraceTrial): string[] {
  return steps.filter(({ role }) => role === 'tool').map(({ title }) => title);
}

function orderOf(left: readonly string[], right: readonly string[]): TraceComparison['tools']['order'] {
  if (JSON.stringify(left) === JSON.stringify(right)) return 'same';
  return JSON.stringify(left.toSorted()) === JSON.stringify(right.toSorted()) ? 'reordered' : 'different';
}

export function pairOf(left: number | null, right: number | null): Pair {
  return { left, right, difference: left === null || right === null ? null : right - left };
}
