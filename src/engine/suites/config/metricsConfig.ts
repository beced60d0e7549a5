import { z } from 'zod';
import { defined } from '../../model/defined.ts';
import {
  DEFAULT_LEVEL_RETENTION,
  LEVELS,
  type Level,
  type LevelRetention,
} from '../../model/levelRetention.ts';
import { type ConfigReader, reportAt } from './configReader.ts';
import { durationSchema, toMilliseconds } from './duration.ts';

/** Alerts look at windows of up to 30 days, and at the ends of a window to the second. */
const SHORTEST: { readonly [level in Level]: string } = {
  '1s': '1h',
  '1min': '1d',
  '1h': '31d',
  '1d': '31d',
};

const kept = z.union([z.literal('forever'), durationSchema], 'a time such as 6h, 30d or 52w, or forever');

export const metricsFile = z
  .strictObject({
    keep: z
      .strictObject({
        '1s': kept.optional().describe('How long seconds are kept. At least 1h. Default: 6h.'),
        '1min': kept.optional().describe('How long minutes are kept. At least 1d. Default: 400d.'),
        '1h': kept.optional().describe('How long hours are kept. At least 31d. Default: 1830d, five years.'),
        '1d': kept.optional().describe('How long days are kept. At least 31d. Default: forever.'),
      })
      .optional()
      .describe(
        'How long what was measured is kept, by the length of its buckets; each no longer than the next.',
      ),
  })
  .describe('What is measured of the traces that Touchstone receives.');

type MetricsFile = z.output<typeof metricsFile>;

/** What a file says of metrics. */
export interface MetricsConfig {
  /** For how long levels are kept that are not kept as by default, in milliseconds; infinite for good. */
  keep: { readonly [level in Level]?: number };
}

export function toMetrics({ keep = {} }: MetricsFile): MetricsConfig {
  const msOf = (level: Level): number | undefined => {
    const written = keep[level];
    if (written === undefined) return undefined;
    return written === 'forever' ? Number.POSITIVE_INFINITY : toMilliseconds(written);
  };
  return {
    keep: defined({ '1s': msOf('1s'), '1min': msOf('1min'), '1h': msOf('1h'), '1d': msOf('1d') }),
  };
}

/** With the defaults, also of a workspace without a file. */
export function retentionOf(config: { metrics?: MetricsConfig } | undefined): LevelRetention {
  return { ...DEFAULT_LEVEL_RETENTION, ...config?.metrics?.keep };
}

/** Reports levels that are kept too short, or longer than the next one: their beginning would be seen nowhere. */
export function checkMetrics(reader: ConfigReader, file: MetricsFile): void {
  const metrics = toMetrics(file);
  const { keep } = metrics;
  const all = retentionOf({ metrics });
  const short = LEVELS.filter((level) => all[level] < toMilliseconds(SHORTEST[level]));
  for (const level of short)
    reportAt(reader, ['metrics', 'keep', level], {
      code: 'invalid-value',
      message: `${level} is kept for ${file.keep?.[level]}; expected at least ${SHORTEST[level]}`,
      remedy: 'Alerts and the Monitor need it. Write a longer time.',
    });
  if (short.length > 0) return;

  for (const [at, level] of LEVELS.entries()) {
    const next = LEVELS[at + 1];
    if (!next || all[level] <= all[next]) continue;
    reportAt(reader, ['metrics', 'keep', keep[level] === undefined ? next : level], {
      code: 'contradiction',
      message: `${level} would be kept for longer than ${next}`,
      remedy: `Keep ${next} at least as long.`,
    });
  }
}
