import type { EvaluatorSpec, Score } from '../../model/evaluation.ts';
import { isJsonObject } from '../../model/json.ts';
import type { Contender } from '../evaluator.ts';
import { unmeasured } from '../score.ts';
import { evaluatorTypeName } from '../specs/typeNames.ts';

interface RankOptions {
  method: 'average' | 'sum';
  weights: Readonly<Record<string, number>>;
  threshold?: number | undefined;
}

/** What one evaluator said; those of a set count one by one. */
interface Part {
  type: string;
  score: number;
}

type Total = { target: string; score: number } | { target: string; unknown: string };

/** Other evaluators that compare targets say nothing of a target alone. */
const COMPARING: ReadonlySet<string> = new Set(['max-score', 'select-best']);

/**
 * A score for each contender: 1 for the highest total, of which the first counts where several are equal, and 0 for the
 * others. Nothing is measured where there are fewer than two, or where the total of one is not known: it could be the
 * best. An evaluator that was left out because its target had failed already counts 0.
 */
export function rankByScore(field: readonly Contender[], options: RankOptions): ReadonlyMap<string, Score> {
  const all = (score: Score) => new Map(field.map(({ target }) => [target, score]));
  if (field.length < 2) return all(unmeasured('no other target returned a complete output to compare with'));

  const totals = field.map((contender) => totalOf(contender, options));
  const known = totals.filter((total) => 'score' in total);
  const unknown = totals.find((total) => 'unknown' in total);
  if (unknown) return all(unmeasured(`the score of "${unknown.target}" is unknown: ${unknown.unknown}`));

  const highest = Math.max(...known.map(({ score }) => score));
  const best = known.find(({ score }) => score === highest);
  const enough = options.threshold === undefined || highest >= options.threshold;

  return new Map(
    known.map(({ target, score }): [string, Score] => {
      const chosen = enough && target === best?.target;
      return [
        target,
        {
          status: 'scored',
          score: chosen ? 1 : 0,
          pass: chosen,
          reason: reasonOf(score, best, enough ? undefined : options.threshold, chosen),
          detail: { total: score, highest },
        },
      ];
    }),
  );
}

function reasonOf(
  score: number,
  best: { target: string; score: number } | undefined,
  missed: number | undefined,
  chosen: boolean,
): string {
  const own = score.toFixed(3);
  if (chosen) return `has the highest score of all targets, ${own}`;
  if (missed !== undefined) return `score ${own}; the highest score of all targets is below ${missed}`;
  return `score ${own}; "${best?.target}" was chosen with ${best?.score.toFixed(3)}`;
}

function totalOf({ target, evaluations, specs, failed }: Contender, options: RankOptions): Total {
  const weights = new Map(Object.entries(options.weights).map(([type, weight]) => [canonical(type), weight]));
  let sum = 0;
  let weight = 0;
  for (const spec of specs) {
    if (COMPARING.has(spec.type)) continue;

    const found = evaluations.find(({ name }) => name === spec.name);
    if (found?.status === 'skipped') continue;
    if (found?.status === 'error') return { target, unknown: `${spec.name}: ${found.reason}` };
    if (!found && !failed) continue;

    for (const { type, score } of partsOf(spec, found?.score ?? 0, found?.detail)) {
      const own = weights.get(type) ?? 1;
      sum += score * own;
      weight += own;
    }
  }

  if (weight === 0) return { target, unknown: 'no other evaluator counts' };
  return { target, score: options.method === 'sum' ? sum : sum / weight };
}

function partsOf(spec: EvaluatorSpec, score: number, detail: unknown): Part[] {
  if (spec.type !== 'assert-set' || !Array.isArray(detail)) return [{ type: writtenType(spec), score }];
  const members = spec.options['assert'] as unknown as EvaluatorSpec[];
  return members.flatMap((member, index) => {
    const said: unknown = detail[index];
    if (!isJsonObject(said) || said['status'] !== 'scored') return [];
    return [{ type: writtenType(member), score: Number(said['score']) }];
  });
}

function writtenType({ type, negated }: EvaluatorSpec): string {
  return negated ? `not-${type}` : type;
}

function canonical(written: string): string {
  return written.startsWith('not-')
    ? `not-${evaluatorTypeName(written.slice(4))}`
    : evaluatorTypeName(written);
}
