import { z } from 'zod';
import { defined } from '../../model/defined.ts';
import {
  type BreakerConfig,
  DEFAULT_BREAKER,
  DEFAULT_LIMIT,
  DEFAULT_RETRY,
  DEFAULT_WINDOW_CALLS,
  type LimitConfig,
  type ResilienceConfig,
  type RetryConfig,
} from '../../resilience/resilienceConfig.ts';

const seconds = z.number().min(0);
const milliseconds = z.number().min(0);
const share = z.number().gt(0, 'a share above 0 and up to 1').max(1, 'a share above 0 and up to 1');

function count(offKey: string) {
  return z.int().min(1, `at least 1 (${offKey}: false switches it off)`);
}

const breakerFile = z.strictObject({
  failures: count('breaker')
    .default(DEFAULT_BREAKER.failures)
    .describe('The breaker opens after this many failures in a row.'),
  failure_rate: share
    .default(DEFAULT_BREAKER.failureRate)
    .describe('Share of failed calls in the window from which the breaker opens.'),
  slow_rate: share
    .default(DEFAULT_BREAKER.slowRate)
    .describe('Share of slow calls in the window from which the breaker opens.'),
  slow_ms: milliseconds
    .default(DEFAULT_BREAKER.slowMs)
    .describe(
      'A call is slow if nothing at all arrives for this many milliseconds. A long answer that streams is not slow.',
    ),
  minimum_calls: count('breaker')
    .optional()
    .describe(
      `The rates decide nothing until the window has this many calls. Default: ${DEFAULT_BREAKER.minimumCalls}, or window_calls if that is smaller.`,
    ),
  window_calls: count('breaker')
    .optional()
    .describe(`The rates cover this many of the latest calls. Default: ${DEFAULT_WINDOW_CALLS}.`),
  window_s: seconds
    .gt(0, 'more than 0')
    .optional()
    .describe('The rates cover the calls of this many seconds, instead of a number of calls.'),
  open_s: seconds
    .default(DEFAULT_BREAKER.openMs / 1000)
    .describe(
      'Seconds for which an open breaker lets no call through, the first time. 0 tries again at once.',
    ),
  open_max_s: seconds
    .optional()
    .describe(
      `The time grows each time a trial call fails, up to this many seconds. Default: ${DEFAULT_BREAKER.openMaxMs / 1000}, or open_s if that is greater.`,
    ),
  half_open_calls: count('breaker')
    .default(DEFAULT_BREAKER.halfOpenCalls)
    .describe('This many trial calls must succeed before the breaker closes.'),
});

const retryFile = z.strictObject({
  attempts: count('retry')
    .default(DEFAULT_RETRY.attempts)
    .describe('Maximum number of attempts at one call, including the first.'),
  budget: z
    .number()
    .min(0)
    .max(1)
    .default(DEFAULT_RETRY.budget)
    .describe(
      'Share of all calls that may be retries, 0 to 1, so that retries never multiply an outage. 0 allows none.',
    ),
  base_ms: milliseconds
    .default(DEFAULT_RETRY.baseMs)
    .describe(
      'The first wait is drawn from 0 to this many milliseconds; the limit doubles with each attempt.',
    ),
  max_ms: milliseconds
    .optional()
    .describe(
      `Maximum wait in milliseconds, unless the provider asks for a longer one. Default: ${DEFAULT_RETRY.maxMs}, or base_ms if that is greater.`,
    ),
});

const concurrencyFile = z
  .strictObject({
    adaptive: z
      .boolean()
      .default(DEFAULT_LIMIT.adaptive)
      .describe(
        'Whether the number of concurrent calls follows what the provider allows: fewer after HTTP 429, slowly more while all places are used. false: always max.',
      ),
    min: z
      .int()
      .min(1)
      .default(DEFAULT_LIMIT.min)
      .describe('The number of concurrent calls never falls below this.'),
    max: z
      .int()
      .min(1)
      .optional()
      .describe(
        `The number of concurrent calls never rises above this, nor above max_concurrency of the provider. Default: ${DEFAULT_LIMIT.max}, or min if that is greater.`,
      ),
  })
  .describe('Concurrent calls to the provider, over all runs, judges and embeddings of one engine.');

export const resilienceFile = z
  .strictObject({
    breaker: z
      .union([z.boolean(), breakerFile])
      .optional()
      .describe(
        'Circuit breaker: when the provider keeps failing, calls to it are not made for a while. false switches it off.',
      ),
    retry: z
      .union([z.boolean(), retryFile])
      .optional()
      .describe('How calls that failed for a temporary reason are repeated. false switches it off.'),
    rpm: z
      .int()
      .min(0)
      .optional()
      .describe(
        'Requests per minute that the provider allows; kept to from the start. Default: no limit; 0 allows none.',
      ),
    tpm: z
      .int()
      .min(0)
      .optional()
      .describe(
        'Tokens per minute that the provider allows, input and output together; kept to from the start. Default: no limit; 0 allows none.',
      ),
    concurrency: concurrencyFile.optional(),
  })
  .describe('How calls to the provider are protected. The defaults need no change for most providers.');

export type ResilienceFile = z.output<typeof resilienceFile>;

export function toResilience(file: ResilienceFile): ResilienceConfig {
  return {
    breaker: file.breaker === false ? null : toBreaker(written(file.breaker) ?? breakerFile.parse({})),
    retry: file.retry === false ? null : toRetry(written(file.retry) ?? retryFile.parse({})),
    limit: toLimit(file.concurrency ?? concurrencyFile.parse({})),
    ...defined({ rpm: file.rpm, tpm: file.tpm }),
  };
}

/** `true` stands for the defaults, as an absent key does. */
function written<T extends object>(file: T | boolean | undefined): T | undefined {
  return typeof file === 'object' ? file : undefined;
}

/** A default never contradicts what is written: it gives way. */
function toBreaker(file: z.output<typeof breakerFile>): BreakerConfig {
  const { window_calls: calls = DEFAULT_WINDOW_CALLS, window_s, open_s } = file;
  const most = window_s === undefined ? calls : Number.POSITIVE_INFINITY;

  return {
    failures: file.failures,
    failureRate: file.failure_rate,
    slowRate: file.slow_rate,
    slowMs: file.slow_ms,
    minimumCalls: file.minimum_calls ?? Math.min(DEFAULT_BREAKER.minimumCalls, most),
    window: window_s === undefined ? { kind: 'calls', calls } : { kind: 'time', ms: window_s * 1000 },
    openMs: open_s * 1000,
    openMaxMs: (file.open_max_s ?? Math.max(DEFAULT_BREAKER.openMaxMs / 1000, open_s)) * 1000,
    halfOpenCalls: file.half_open_calls,
  };
}

function toRetry({ attempts, budget, base_ms, max_ms }: z.output<typeof retryFile>): RetryConfig {
  return { attempts, budget, baseMs: base_ms, maxMs: max_ms ?? Math.max(DEFAULT_RETRY.maxMs, base_ms) };
}

function toLimit({ adaptive, min, max }: z.output<typeof concurrencyFile>): LimitConfig {
  return { adaptive, min, max: max ?? Math.max(DEFAULT_LIMIT.max, min) };
}
