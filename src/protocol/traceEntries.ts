import * as z from 'zod';

/** A finished span; times in milliseconds since the epoch, with fractions. */
export const span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().nullable(),
  name: z.string(),
  kind: z.enum(['internal', 'server', 'client', 'producer', 'consumer']),
  startMs: z.number(),
  endMs: z.number(),
  status: z.enum(['unset', 'ok', 'error']),
  statusMessage: z.string().exactOptional(),
  attributes: z.record(z.string(), z.unknown()),
  events: z.array(
    z.object({ name: z.string(), timeMs: z.number(), attributes: z.record(z.string(), z.unknown()) }),
  ),
  links: z.array(z.object({ traceId: z.string(), spanId: z.string() })),
  service: z.string(),
});

export const logLine = z.object({
  timeMs: z.number(),
  level: z.enum(['debug', 'info', 'warn', 'error']),
  message: z.string(),
  traceId: z.string(),
  spanId: z.string(),
  fields: z.record(z.string(), z.unknown()),
});
