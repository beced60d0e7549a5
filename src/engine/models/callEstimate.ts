import type { CallFacts } from '../resilience/policy.ts';
import type { ModelRequest } from './modelClient.ts';
import { mostCallCost, type PriceTable, priceOf } from './prices/prices.ts';

type Estimate = CallFacts['estimate'];

/** Fewer than texts, code and data have; a letter that takes more than a byte is part of a shorter token. */
const LETTERS_PER_TOKEN = 2.5;
const FURTHER_BYTES_PER_TOKEN = 2;
/** What images and files count as; they are billed by their size, which their data says little of. */
const TOKENS_PER_FILE = 2000;

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
): Estimate {
  const output = outputTokens(parameters, model);
  return estimate(inputTokens([messages, tools, responseFormat]), output, model, prices);
}

/** What embedding texts may use. */
export function estimateTexts(
  texts: readonly string[],
  model: string,
  prices: PriceTable | undefined,
): Estimate {
  return estimate(inputTokens(texts), 0, model, prices);
}

function estimate(input: number, output: number, model: string, prices: PriceTable | undefined): Estimate {
  return { tokens: input + output, costUsd: mostCallCost(input, output, priceOf(model, prices)) };
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
  const furtherBytes = Buffer.byteLength(text) - text.length;
  const tokens = text.length / LETTERS_PER_TOKEN + furtherBytes / FURTHER_BYTES_PER_TOKEN;
  return Math.ceil(tokens) + files * TOKENS_PER_FILE;
}
