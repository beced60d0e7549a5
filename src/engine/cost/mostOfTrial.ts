import { UserError } from '../errors.ts';
import type { GoldenCase } from '../model/case.ts';
import { mostCallCost } from '../models/prices/prices.ts';
import { type Tokenizer, Tokenizers } from '../models/tokens/tokenizer.ts';
import type { AllowTokens } from '../targets/prompt/tokenAllowance.ts';
import type { EstimatedRun, EstimatedTarget } from './estimate.ts';
import { DEFAULT_JUDGE_INPUT, DEFAULT_JUDGE_OUTPUT, type JudgeModel } from './judgeEstimate.ts';
import type { MostOfTrial } from './spendingLimit.ts';
import { type AskedModel, defaultOutput } from './targetEstimate.ts';

/**
 * What a trial of a run may cost at most: its input as counted, and as many output tokens as the call allows, else as
 * many as the estimate takes for a long answer, of each model that may be asked; and every judge of its case. Null where a price is unknown, and for
 * agents, which are bounded by nothing.
 */
export async function createMostOfTrial(
  run: Pick<EstimatedRun, 'targets' | 'judgesFor'>,
  allow: AllowTokens | undefined,
): Promise<MostOfTrial> {
  const tokenizers = new Tokenizers();
  const targets = new Map<string, { target: EstimatedTarget; tokenizer: Tokenizer | undefined }>();
  for (const target of run.targets) {
    const tokenizer = target.asked && (await tokenizers.forModel(target.asked.model));
    targets.set(target.name, { target, tokenizer });
  }

  return (name, located, judgesOnly) => {
    const known = targets.get(name);
    const asked = known?.target.asked;
    const allowance = asked && allow?.(name, located.case);
    const output = asked ? mostOutput(asked, allowance && allowance.tokens + allowance.borrowed) : 0;
    const own = judgesOnly ? 0 : ownMost(known, located.case, output);
    const judges = run.judgesFor(located).map((judge) => judgeMost(judge, output));
    return totalOf([own, ...judges]);
  };
}

function ownMost(
  known: { target: EstimatedTarget; tokenizer: Tokenizer | undefined } | undefined,
  entry: GoldenCase,
  output: number,
): number | null {
  if (!known) return null;

  const { target, tokenizer } = known;
  if (!target.asked || !tokenizer) return target.free ? 0 : null;

  try {
    const counted = tokenizer.countChat(target.asked.request(entry));
    const { price, standInPrices = [] } = target.asked;
    return totalOf([price, ...standInPrices].map((one) => mostCallCost(counted.total.high, output, one)));
  } catch (error) {
    // A request that cannot be made is not sent.
    if (error instanceof UserError) return 0;
    throw error;
  }
}

/** Null where any of them is unknown. */
function totalOf(costs: readonly (number | null)[]): number | null {
  return costs.reduce((sum, cost) => (sum === null || cost === null ? null : sum + cost), 0);
}

/** The judge also reads what the target wrote. */
function judgeMost({ others = [], ...judge }: JudgeModel, written: number): number | null {
  return totalOf(
    [judge, ...others].map(({ price, asks = 1 }) => {
      const each = mostCallCost(DEFAULT_JUDGE_INPUT.high + written, DEFAULT_JUDGE_OUTPUT.high, price);
      return each === null ? null : each * asks;
    }),
  );
}

function mostOutput(asked: AskedModel, allowed: number | undefined): number {
  const limits = [asked.maxTokens, allowed];
  const known = limits.filter((limit) => limit !== undefined);
  return known.length > 0 ? Math.min(...known) : defaultOutput(asked.model).high;
}
