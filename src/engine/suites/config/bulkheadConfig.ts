import { z } from 'zod';
import { nearest } from '../../evaluators/options/optionCheck.ts';
import type { Pointer } from '../../files/formats/document.ts';
import { defined } from '../../model/defined.ts';
import { BUILT_IN_POOLS, type PoolConfig } from '../../resilience/resilienceConfig.ts';
import { type ConfigReader, reportAt, reportKey } from './configReader.ts';
import { nameSchema } from './name.ts';
import { pointerText } from './plainWords.ts';

const bulkheadFile = z.strictObject({
  max_concurrency: z
    .int()
    .min(0)
    .optional()
    .describe('Maximum number of concurrent calls of this bulkhead. Default: no limit; 0 allows none.'),
  queue: z
    .int()
    .min(0)
    .optional()
    .describe(
      'Maximum number of calls that wait for a place; one more is rejected at once. Default: no limit; 0 lets none wait.',
    ),
  tokens_per_hour: z
    .int()
    .min(0)
    .optional()
    .describe(
      'Maximum number of tokens, input and output together, in any 60 minutes, over all processes of the workspace. Default: no limit; 0 allows none.',
    ),
  cost_per_hour_usd: z
    .number()
    .min(0)
    .optional()
    .describe(
      'Maximum cost in US dollars in any 60 minutes, over all processes of the workspace. Default: no limit; 0 allows only free calls.',
    ),
  when_full: z
    .enum(['wait', 'reject'])
    .default('wait')
    .describe(
      'wait: a call waits for a place, or for budget, within its time limit. reject: it fails at once, or goes to its fallback.',
    ),
});

export const bulkheadsFile = z
  .record(nameSchema, bulkheadFile)
  .describe(
    'Limits for groups of calls, so that one group never takes the places or the money of another. "target", "judge", "embedding", "gateway" and "shadow" exist without this key; a target, judge or route joins another one with bulkhead: NAME.',
  );

export type BulkheadsFile = z.output<typeof bulkheadsFile>;

export const BULKHEAD_NOTE = 'Name of a bulkhead whose limits apply to these calls.';

export function toPools(file: BulkheadsFile): Record<string, PoolConfig> {
  return Object.fromEntries(
    Object.entries(file).map(([name, pool]) => [
      name,
      {
        ...defined({
          maxConcurrency: pool.max_concurrency,
          queue: pool.queue,
          tokensPerHour: pool.tokens_per_hour,
          costPerHourUsd: pool.cost_per_hour_usd,
        }),
        whenFull: pool.when_full,
      },
    ]),
  );
}

/** The bulkheads that a target or a judge may name: the built-in ones, and those of the file. */
export function poolNames(own: readonly string[]): string[] {
  return [...new Set([...own, ...BUILT_IN_POOLS])];
}

/** Reports a name that is no bulkhead's. */
export function checkPool(reader: ConfigReader, name: string, at: Pointer, pools: readonly string[]): void {
  if (pools.includes(name)) return;
  const guess = nearest(name, pools)[0];
  reportAt(reader, at, {
    code: 'unknown-bulkhead',
    message: `there is no bulkhead "${name}"`,
    remedy: guess
      ? `Did you mean "${guess}"?`
      : `Add "${name}" under bulkheads, or use one of these: ${pools.join(', ')}.`,
    meant: guess,
  });
}

/** Reports settings of a bulkhead that contradict each other or let nothing through; and own ones that nobody names. */
export function checkBulkheads(reader: ConfigReader, file: BulkheadsFile, used: ReadonlySet<string>): void {
  for (const [name, pool] of Object.entries(file)) {
    const at: Pointer = ['bulkheads', name];
    if (pool.when_full === 'reject' && (pool.queue ?? 0) > 0) reportQueue(reader, at);
    if (pool.max_concurrency === 0) warnOfNone(reader, at, 'max_concurrency');
    if (pool.tokens_per_hour === 0) warnOfNone(reader, at, 'tokens_per_hour');
    if (!used.has(name) && !isBuiltIn(name)) warnOfUnused(reader, name, at);
  }
}

function isBuiltIn(name: string): boolean {
  return (BUILT_IN_POOLS as readonly string[]).includes(name);
}

function reportQueue(reader: ConfigReader, at: Pointer): void {
  reportAt(reader, [...at, 'queue'], {
    code: 'contradiction',
    message: `${pointerText(at)} has a queue, but when_full: reject lets no call wait`,
    remedy: 'Remove queue, or set when_full to wait.',
    related: [{ message: 'when_full is set here', pointer: [...at, 'when_full'] }],
  });
}

function warnOfNone(reader: ConfigReader, at: Pointer, key: string): void {
  reportAt(reader, [...at, key], {
    severity: 'warning',
    code: 'none-allowed',
    message: `${key} is 0, so every call of this bulkhead is rejected`,
    remedy: `Remove ${key} if there is no limit.`,
  });
}

function warnOfUnused(reader: ConfigReader, name: string, at: Pointer): void {
  const guess = nearest(name.toLowerCase(), BUILT_IN_POOLS)[0];
  reportKey(reader, at, {
    severity: 'warning',
    code: 'unused-bulkhead',
    message: `no target, judge or route uses the bulkhead "${name}"`,
    remedy: `${guess ? `Did you mean "${guess}"? Else add` : 'Add'} bulkhead: ${name} to those that it is for, or remove it.`,
    meant: guess,
  });
}
