import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { TrialResult } from '../../model/result.ts';

/** Fewer outputs on either side do not tell whether a judge prefers its own. */
const FEW = 5;

export interface OrderSwaps {
  /** Choices that were asked for in both orders. */
  choices: number;
  /** Those that stayed when the answers changed places. */
  consistent: number;
  /** Choices that followed the first place minus those that followed the second. */
  lean: number;
}

/** How a judge that chooses between answers fares when they change places: pairwise and select-best keep both choices. */
export function orderSwaps(results: Iterable<TrialResult>, judge: string): OrderSwaps {
  const swaps = { choices: 0, consistent: 0, lean: 0 };
  for (const result of results) {
    const lean = leanOf(detailOf(result, judge));
    if (lean === undefined) continue;
    swaps.choices += 1;
    if (lean === 0) swaps.consistent += 1;
    swaps.lean += lean;
  }
  return swaps;
}

/** 0: the same in both orders; 1: for what came first; −1: for what came second. */
function leanOf(detail: JsonObject | undefined): number | undefined {
  const { orders, choices } = detail ?? {};
  if (Array.isArray(orders)) {
    // As seen by the output under evaluation, which is shown first at first.
    const [first, second] = orders.map((word) => OUTCOMES.indexOf(String(word)));
    return first === undefined || second === undefined ? undefined : Math.sign(first - second);
  }
  if (!Array.isArray(choices)) return undefined;
  // The answers are shown in the order of their targets' names, then the other way round.
  const [first, second] = choices.map(String);
  if (first === undefined || second === undefined) return undefined;
  return first === second ? 0 : first < second ? 1 : -1;
}

const OUTCOMES = ['loss', 'tie', 'win'];

/**
 * How much more an evaluator gives to outputs of its own model than to others: the difference of the mean excess of
 * its scores over a reference, as in Panickssery et al. 2024, arXiv:2404.13076. Null with fewer than five outputs on
 * either side.
 */
export function selfPreference(outputs: readonly { own: boolean; excess: number }[]): number | null {
  const own = outputs.filter((output) => output.own).map(({ excess }) => excess);
  const others = outputs.filter((output) => !output.own).map(({ excess }) => excess);
  return own.length < FEW || others.length < FEW ? null : mean(own) - mean(others);
}

/** Whether the model that judged also wrote the output. Providers add a date to the name of a model. */
export function wroteItself(result: TrialResult, judge: string): boolean {
  const name = detailOf(result, judge)?.['judge'];
  const { model } = result.output;
  return typeof name === 'string' && model !== undefined && bareModel(name) === bareModel(model);
}

function bareModel(model: string): string {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  return name.replace(/(?:-\d{4}-\d{2}-\d{2}|[-@]\d{8}|[-:]latest)$/, '');
}

function detailOf({ evaluations }: TrialResult, judge: string): JsonObject | undefined {
  const found = evaluations.find(({ name }) => name === judge);
  if (found?.status !== 'scored' || !isJsonObject(found.detail)) return undefined;
  return found.detail;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
