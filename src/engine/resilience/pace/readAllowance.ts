import type { IncomingHttpHeaders } from 'node:http';
import type { Allowance, Remainder } from '../policy.ts';
import { type FieldItem, parseItems } from './rateLimitFields.ts';
import { parseReset } from './resetTime.ts';

type Unit = keyof Allowance;

/** Names of the headers that describe one limit: what is left, when it resets, how large it is. */
interface Family {
  unit: Unit;
  remaining: string;
  reset: string;
  limit: string;
}

/**
 * OpenAI and who follows it (Azure, Groq, Together, vLLM's proxies), with Cerebras' and Mistral's periods; Azure once wrote
 * `x-rate-limit-`. Anthropic counts input and output apart, too. Where no unit is named (OpenRouter, earlier drafts of the
 * IETF), requests are counted.
 */
const FAMILIES: readonly Family[] = [
  ...['x-ratelimit', 'x-rate-limit'].flatMap((prefix) => [
    ...['requests', 'requests-minute', 'requests-hour', 'requests-day', 'req-minute'].map((unit) =>
      family('requests', (word) => `${prefix}-${word}-${unit}`),
    ),
    ...['tokens', 'tokens-minute', 'tokens-hour', 'tokens-day'].map((unit) =>
      family('tokens', (word) => `${prefix}-${word}-${unit}`),
    ),
    family('requests', (word) => `${prefix}-${word}`),
  ]),
  family('tokens', (word) => `x-tokenlimit-${word}`),
  family('requests', (word) => `anthropic-ratelimit-requests-${word}`),
  ...['tokens', 'input-tokens', 'output-tokens'].map((unit) =>
    family('tokens', (word) => `anthropic-ratelimit-${unit}-${word}`),
  ),
  family('requests', (word) => `ratelimit-${word}`),
];

function family(unit: Unit, name: (word: 'remaining' | 'reset' | 'limit') => string): Family {
  return { unit, remaining: name('remaining'), reset: name('reset'), limit: name('limit') };
}

/**
 * What the provider says with an answer about its limits on requests and tokens; undefined where it says nothing. Of several limits
 * on the same unit, the tightest counts. Malformed values, and those below 0 (Azure's "not known"), are as good as absent.
 */
export function readAllowance(
  headers: IncomingHttpHeaders,
  wallNow: number,
  monotonicNow: number,
): Allowance | undefined {
  const found: Allowance = {};
  const add = (unit: Unit, one: Remainder | undefined) => {
    if (one) found[unit] = tightest(found[unit], one);
  };
  const resetAt = (text: string | undefined) => {
    const waitMs = text === undefined ? undefined : parseReset(text, wallNow);
    return waitMs === undefined ? undefined : monotonicNow + waitMs;
  };

  for (const { unit, remaining, reset, limit } of FAMILIES) {
    if (headers[remaining] === undefined && headers[reset] === undefined) continue;
    add(unit, toRemainder(text(headers[remaining]), resetAt(text(headers[reset])), text(headers[limit])));
  }

  const policies = parseItems(text(headers['ratelimit-policy']) ?? '');
  for (const item of parseItems(text(headers['ratelimit']) ?? '')) {
    const policy = policies.find(({ name }) => name === item.name);
    const unit = unitOf(item, policy);
    const { r, t, remaining = r, reset = t, limit = policy?.parameters['q'] } = item.parameters;
    if (unit) add(unit, toRemainder(remaining, resetAt(reset), limit));
  }

  return found.requests || found.tokens ? found : undefined;
}

/** A header that is sent several times arrives joined, and says nothing that can be followed. */
function text(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value.trim() : undefined;
}

function toRemainder(
  remaining: string | undefined,
  resetAt: number | undefined,
  limit: string | undefined,
): Remainder | undefined {
  const left = count(remaining);
  if (left === undefined && (remaining !== undefined || resetAt === undefined)) return undefined;
  // A list, such as "100, 100;w=60", begins with the limit that is nearest.
  return { remaining: left, resetAt, limit: count(/^\d+(?=$|[ ,;])/.exec(limit ?? '')?.[0]) };
}

function count(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,15}(\.\d+)?$/.test(value) ? Math.floor(Number(value)) : undefined;
}

/** Undefined for what is neither requests nor tokens, such as bytes or calls at once. */
function unitOf(item: FieldItem, policy: FieldItem | undefined): Unit | undefined {
  const named = policy?.parameters['qu'];
  if (named === undefined) return /token/i.test(item.name) ? 'tokens' : 'requests';
  if (/token/i.test(named)) return 'tokens';
  return /^requests?$/i.test(named) ? 'requests' : undefined;
}

/** What is used up counts before what is not, and of several such limits the one that resets last. */
function tightest(one: Remainder | undefined, other: Remainder): Remainder {
  if (!one) return other;
  if (one.remaining === undefined || other.remaining === undefined)
    return one.remaining === undefined && other.remaining !== undefined ? other : one;
  if (one.remaining === 0 && other.remaining === 0)
    return (other.resetAt ?? 0) > (one.resetAt ?? 0) ? other : one;
  return share(other) < share(one) ? other : one;
}

function share({ remaining = 0, limit }: Remainder): number {
  return limit ? remaining / limit : remaining === 0 ? 0 : 1;
}
