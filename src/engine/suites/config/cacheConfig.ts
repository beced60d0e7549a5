import { z } from 'zod';
import { defined } from '../../model/defined.ts';
import {
  type CachesConfig,
  EXACT_CACHE_DEFAULTS,
  type ExactCacheConfig,
  SIMILAR_CACHE_DEFAULTS,
  type SimilarCacheConfig,
} from '../../models/fallbacks/config.ts';
import { durationSchema, toMilliseconds } from './duration.ts';

const megabytes = z.number().min(0);

const expires = durationSchema
  .optional()
  .describe('Age from which a stored reply is no longer used, such as 12h or 7d. Default: 7d; 0 keeps none.');

const exactFile = z.strictObject({
  max_mb: megabytes
    .default(EXACT_CACHE_DEFAULTS.maxMb)
    .describe(
      'Maximum size in megabytes; replies that were not used for the longest time go first. 0 keeps none.',
    ),
  expires,
  mode: z
    .enum(['fallback', 'first'])
    .default(EXACT_CACHE_DEFAULTS.mode)
    .describe(
      'fallback: used only if the model does not answer. first: asked before the model, which is called only for what is not stored.',
    ),
  judges: z
    .boolean()
    .default(EXACT_CACHE_DEFAULTS.judges)
    .describe('Whether judges may be answered from it as well.'),
});

const similarFile = z.strictObject({
  embeddings: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Embedding model that measures similarity, as provider/model, such as openai/text-embedding-3-small. Default: similarity of wording.',
    ),
  max_wrong: z
    .number()
    .gt(0, 'a share above 0 and below 1')
    .lt(1, 'a share above 0 and below 1')
    .default(SIMILAR_CACHE_DEFAULTS.maxWrong)
    .describe(
      'Maximum share of wrong replies among hits. The cache stays off until the golden dataset shows with 95 % confidence that it is kept to.',
    ),
  max_mb: megabytes
    .default(SIMILAR_CACHE_DEFAULTS.maxMb)
    .describe(
      'Maximum size in megabytes; replies that were not used for the longest time go first. 0 keeps none.',
    ),
  expires,
});

export const cachesFile = z
  .strictObject({
    exact: z
      .union([z.boolean(), exactFile])
      .optional()
      .describe('Stored replies to exactly the same request. true uses the defaults. Default: off.'),
    similar: z
      .union([z.boolean(), similarFile])
      .optional()
      .describe(
        'Stored replies to similar requests, never for judges. true uses the defaults. Default: off.',
      ),
  })
  .describe(
    'Stored replies that can stand in for a model; used by the steps "cache" and "similar" of fallbacks.',
  );

export type CachesFile = z.output<typeof cachesFile>;

export function toCaches({ exact, similar }: CachesFile): CachesConfig {
  return defined({
    exact: chosen(exact, exactFile, toExact),
    similar: chosen(similar, similarFile, toSimilar),
  });
}

function chosen<File extends z.ZodType, Config>(
  written: boolean | z.output<File> | undefined,
  file: File,
  convert: (file: z.output<File>) => Config,
): Config | undefined {
  if (written === undefined || written === false) return undefined;
  return convert(written === true ? file.parse({}) : written);
}

function toExact(file: z.output<typeof exactFile>): ExactCacheConfig {
  const expiresMs =
    file.expires === undefined ? EXACT_CACHE_DEFAULTS.expiresMs : toMilliseconds(file.expires);
  return { maxMb: file.max_mb, expiresMs, mode: file.mode, judges: file.judges };
}

function toSimilar(file: z.output<typeof similarFile>): SimilarCacheConfig {
  const expiresMs =
    file.expires === undefined ? SIMILAR_CACHE_DEFAULTS.expiresMs : toMilliseconds(file.expires);
  const base = { maxWrong: file.max_wrong, maxMb: file.max_mb, expiresMs };
  return { ...base, ...defined({ embeddings: file.embeddings }) };
}
