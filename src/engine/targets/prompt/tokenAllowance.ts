import type { Complexity, GoldenCase } from '../../model/case.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { Output } from '../../model/output.ts';

/** How many output tokens a call may use: the budget of its class, and what it was lent on top. */
export interface TokenAllowance {
  complexity: Complexity;
  tokens: number;
  borrowed: number;
}

/** Says what a call of a target for a case may use. */
export type AllowTokens = (target: string, entry: GoldenCase) => TokenAllowance;

/** An allowance as an output records it. */
export interface AppliedAllowance extends TokenAllowance {
  /** The output ended because its tokens were used up. */
  cutOff: boolean;
}

const KEY = 'tokenBudget';

/** The metadata of an output that was made under an allowance. */
export function allowanceMetadata(
  { complexity, tokens, borrowed }: TokenAllowance,
  finishReason: string | null,
): JsonObject {
  return { [KEY]: { complexity, tokens, borrowed, cutOff: finishReason === 'length' } };
}

/** The allowance that an output was made under; undefined where there was none. */
export function appliedAllowance({ metadata }: Output): AppliedAllowance | undefined {
  const value = metadata?.[KEY];
  if (!isJsonObject(value)) return undefined;
  const { complexity, tokens, borrowed, cutOff } = value;
  if (complexity !== 'simple' && complexity !== 'medium' && complexity !== 'complex') return undefined;
  if (typeof tokens !== 'number' || typeof borrowed !== 'number') return undefined;
  return { complexity, tokens, borrowed, cutOff: cutOff === true };
}
