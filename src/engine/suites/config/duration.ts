import { z } from 'zod';

const UNIT_MS: { readonly [unit: string]: number } = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

const WORDS = 'a time such as 7d, 12h, 30m or 90s';
const FORM = /^(\d+(?:\.\d+)?)\s*(s|m|h|d|w)$/;

/** A time as people write it, such as `7d`; `0` needs no unit. */
export const durationSchema = z.union([z.literal(0), z.string().regex(FORM, WORDS)], WORDS);

/** In milliseconds. */
export function toMilliseconds(written: z.output<typeof durationSchema>): number {
  const match = FORM.exec(String(written));
  return match ? Number(match[1]) * (UNIT_MS[match[2] ?? ''] ?? 0) : 0;
}
