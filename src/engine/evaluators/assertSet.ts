import { z } from 'zod';
import { defined } from '../model/defined.ts';
import type { EvaluatorSpec, Score } from '../model/evaluation.ts';
import { refusalOf } from '../models/refusal.ts';
import type {
  EvaluationContext,
  EvaluationInput,
  Evaluator,
  EvaluatorDefinition,
  EvaluatorDeps,
} from './evaluator.ts';
import { graded, unmeasured } from './score.ts';

const options = z.strictObject({
  assert: z.array(z.record(z.string(), z.json())).min(1).describe('The assertions of the set.'),
  threshold: z
    .number()
    .optional()
    .describe('Minimum weighted mean for a pass. Default: every assertion must pass.'),
});

type CreateAll = (specs: readonly EvaluatorSpec[], deps: EvaluatorDeps) => Evaluator[];

/** Several assertions that count as one: their weighted mean is its score. `createAll` makes its members. */
export function assertSet(createAll: CreateAll): EvaluatorDefinition<z.infer<typeof options>> {
  return {
    type: 'assert-set',
    stage: 'heuristic',
    summary:
      'Several assertions that count as one: all must pass, or their weighted mean must reach a threshold.',
    options,
    ownThreshold: true,
    create(_spec, { assert, threshold }, deps) {
      // Parsed by the set's own form of an assertion (specs.ts).
      const members = createAll(assert as unknown as EvaluatorSpec[], deps);
      return (input, context) => {
        const scores = members.map((member) => evaluateSafely(member, input, context));
        const settle = (settled: Score[]): Score => conclude(members, settled, threshold);
        return scores.every((score): score is Score => !(score instanceof Promise))
          ? settle(scores)
          : allScored(scores).then(settle);
      };
    },
  };
}

/** Where one is refused, the others are paid all the same, and are waited for. */
async function allScored(scores: readonly (Score | Promise<Score>)[]): Promise<Score[]> {
  await Promise.allSettled(scores);
  return Promise.all(scores);
}

/** One member that fails to measure does not hide what the others said. Its bulkhead is its own, or that of the set. */
function evaluateSafely(
  member: Evaluator,
  input: EvaluationInput,
  { pool: ofSet, ...rest }: EvaluationContext,
): Score | Promise<Score> {
  const context = { ...rest, ...defined({ pool: member.spec.bulkhead ?? ofSet }) };
  const broken = (error: unknown): Score => {
    context.signal.throwIfAborted();
    if (refusalOf(error)) throw error;
    return unmeasured(error instanceof Error ? error.message : String(error));
  };
  try {
    const score = member.evaluate(input, context);
    return score instanceof Promise ? score.catch(broken) : score;
  } catch (error) {
    return broken(error);
  }
}

function conclude(members: readonly Evaluator[], scores: readonly Score[], threshold?: number): Score {
  let total = 0;
  let weight = 0;
  let failed: string | undefined;
  let broken: string | undefined;
  for (const [index, score] of scores.entries()) {
    const spec = members[index]?.spec;
    if (!spec || spec.weight === 0 || score.status === 'skipped') continue;
    if (score.status === 'error') broken ??= `${spec.name}: ${score.reason}`;
    else {
      total += score.score * spec.weight;
      weight += spec.weight;
      if (!score.pass) failed ??= `${spec.name}: ${score.reason}`;
    }
  }

  const spent = spending(scores);
  if (broken !== undefined) return { ...unmeasured(broken), ...spent };
  if (weight === 0) return { status: 'skipped', reason: 'no assertion of the set was scored' };

  const score = total / weight;
  const detail = members.map(({ spec }, index) => ({
    name: spec.name,
    ...defined({ metric: spec.metric }),
    ...(spec.weight === 1 ? {} : { weight: spec.weight }),
    ...outcome(scores[index]),
  }));
  if (threshold !== undefined) {
    const reason = `score ${score.toFixed(2)} of the set, at least ${threshold} expected`;
    return { ...graded(score, threshold, reason, detail), ...spent };
  }

  const reason = failed ?? 'every assertion of the set passed';
  return { status: 'scored', score, pass: failed === undefined, reason, detail, ...spent };
}

function outcome(score: Score | undefined) {
  if (score?.status !== 'scored') return { status: score?.status ?? 'error', reason: score?.reason ?? '' };
  return { status: score.status, score: score.score, pass: score.pass, reason: score.reason };
}

/** What the members' model calls cost together; unknown as soon as one of them is. */
function spending(scores: readonly Score[]): { costUsd?: number | null } {
  const costs = scores.flatMap((score) =>
    score.status === 'skipped' || score.costUsd === undefined ? [] : [score.costUsd],
  );
  if (costs.length === 0) return {};
  return { costUsd: costs.includes(null) ? null : costs.reduce<number>((sum, cost) => sum + (cost ?? 0), 0) };
}
