import type { ModelPrice } from '../models/prices/prices.ts';
import { exactShareInterval } from '../statistics/exactShare.ts';
import type { PastJudge } from './callHistory.ts';
import { priceCalls } from './callPrice.ts';
import { LEAST_HISTORY, predictSum, type Range, scaleRange } from './range.ts';
import { DEFAULT_LATENCY_MS } from './targetEstimate.ts';

/** A judge of the suite. */
export interface JudgeModel {
  name: string;
  /** `provider/model`; null where none is named, so that it cannot be asked. */
  reference: string | null;
  price: ModelPrice | undefined;
  /** Calls that it takes for one output; 1 where absent. */
  asks?: number;
  /** What else may be asked for the same output: models that stand in for it, and further judges of a set. */
  others?: readonly Pick<JudgeModel, 'price' | 'asks'>[];
}

export interface JudgeEstimate {
  judge: string;
  model: string | null;
  /** The cascade decides how often it runs. */
  calls: Range;
  costUsd: Range | null;
  latencyMs: Range;
  /** Past calls that this is taken from; 0 where a wide default stands in. */
  history: number;
}

/** Of one call, beside the case and the output that it judges. Wide on purpose. */
export const DEFAULT_JUDGE_INPUT: Range = { low: 200, likely: 600, high: 3000 };
export const DEFAULT_JUDGE_OUTPUT: Range = { low: 20, likely: 150, high: 1500 };

/** `applies` trials call for the judge unless a cheaper stage settles them. */
export function estimateJudge(
  judge: JudgeModel,
  applies: number,
  cascades: boolean,
  past: PastJudge,
): JudgeEstimate {
  const calls = judgeCalls(applies, cascades, past);
  const cost = past.unknownCosts === 0 ? perCall(past.costUsd, calls) : undefined;
  const asked = scaleRange(calls, judge.asks ?? 1);

  return {
    judge: judge.name,
    model: judge.reference,
    calls,
    costUsd: cost ?? defaultCost(asked, judge.price),
    latencyMs: perCall(past.latencyMs, calls) ?? spread(DEFAULT_LATENCY_MS, asked),
    history: past.latencyMs.length < LEAST_HISTORY ? 0 : past.latencyMs.length,
  };
}

function judgeCalls(applies: number, cascades: boolean, past: PastJudge): Range {
  const seen = past.ran + past.leftOut;
  if (!cascades) return { low: applies, likely: applies, high: applies };
  if (seen < LEAST_HISTORY) return { low: 0, likely: applies, high: applies };
  const { low, high } = exactShareInterval(past.ran, seen) ?? { low: 0, high: 1 };
  return { low: low * applies, likely: (past.ran / seen) * applies, high: high * applies };
}

/** The sum over a number of calls that is itself uncertain. */
function perCall(past: readonly number[], calls: Range): Range | undefined {
  const fewest = predictSum(past, calls.low);
  const likely = predictSum(past, calls.likely);
  const most = predictSum(past, calls.high);
  if (!fewest || !likely || !most) return undefined;
  return { low: fewest.low, likely: likely.likely, high: most.high };
}

function defaultCost(calls: Range, price: ModelPrice | undefined): Range | null {
  if (calls.high === 0) return { low: 0, likely: 0, high: 0 };
  const inputTokens = spread(DEFAULT_JUDGE_INPUT, calls);
  return priceCalls(
    { count: calls.high, inputTokens, outputTokens: spread(DEFAULT_JUDGE_OUTPUT, calls) },
    price,
  );
}

function spread(each: Range, calls: Range): Range {
  return {
    low: scaleRange(each, calls.low).low,
    likely: scaleRange(each, calls.likely).likely,
    high: scaleRange(each, calls.high).high,
  };
}
