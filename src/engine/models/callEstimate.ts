import type { CallEstimate } from '../resilience/policy.ts';
import type { ModelRequest } from './modelClient.ts';
import { mostCallCost, type PriceTable, priceOf } from './prices/prices.ts';

/** Fewer than texts, code and data have; a letter that takes more than a byte is part of a shorter token. */
const LETTERS_PER_TOKEN = 2.5;
const FURTHER_BYTES_PER_TOKEN = 2;
/** What images and files count as; they are billed by their size, which their data says little of. */
const TOKENS_PER_FILE = 2000;

/** Tokens of a text, more than it probably has. */
export function mostTokens(text: string): number {
  const furtherBytes = Buffer.byteLength(text) - text.length;
  return Math.ceil(text.length / LETTERS_PER_TOKEN + furtherBytes / FURTHER_BYTES_PER_TOKEN);
}

/** Tokens of a long answer, where nothing limits it. */
export function longAnswer(model: string): number {
  return isReasoningModel(model) ? 8000 : 2000;
}

/** Whether a model reasons before it answers, and bills it as output. */
export function isReasoningModel(model: string): boolean {
  return /^(o[134]|gpt-[5-9])(\D|$)/.test(model);
}

/**
 * What a call may use: more than it probably will, since its budget is only given back once it has ended. Input is not counted
 * but judged by its length, which takes no time; the cost is that of the price tier which so much input reaches.
 */
export function estimateCall(
  { messages, tools, responseFormat, parameters }: ModelRequest,
  model: string,
  prices: PriceTable | undefined,
): CallEstimate {
  const output = outputTokens(parameters, model);
  return estimate(inputTokens([messages, tools, responseFormat]), output, model, prices);
}

/** What embedding texts may use. */
export function estimateTexts(
  texts: readonly string[],
  model: string,
  prices: PriceTable | undefined,
): CallEstimate {
  return estimate(inputTokens(texts), 0, model, prices);
}

function estimate(
  input: number,
  output: number,
  model: string,
  prices: PriceTable | undefined,
): CallEstimate {
  const costUsd = mostCallCost(input, output, priceOf(model, prices));
  const unpriced =
    costUsd === null
      ? `the price of ${model} is unknown; set it under providers in touchstone.yaml`
      : undefined;
  return { tokens: input + output, costUsd, unpriced };
}

/** The largest of the limits that a request names, under whatever name, for each of the answers that it asks for. */
function outputTokens({ maxTokens, extra = {} }: ModelRequest['parameters'], model: string): number {
  const { max_tokens: older, max_completion_tokens: newer, n: answers } = extra;
  const limits = [maxTokens, older, newer].filter((limit) => typeof limit === 'number');
  const longest = limits.length > 0 ? Math.max(...limits) : longAnswer(model);
  return longest * (typeof answers === 'number' ? Math.max(1, answers) : 1);
}

function inputTokens(sent: readonly unknown[]): number {
  let files = 0;
  const text = JSON.stringify(sent, (_key, value: unknown) => {
    if (typeof value !== 'string' || !value.startsWith('data:')) return value;
    files += 1;
    return '';
  });
  return mostTokens(text) + files * TOKENS_PER_FILE;
}
