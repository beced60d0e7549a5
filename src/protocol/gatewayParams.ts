import * as z from 'zod';

const name = z.string().min(1).max(200);

export const gatewayStart = z.object({
  /** 0 takes any that is free; null takes the one that is used already, else the configured or usual one, else any that is free. */
  port: z.int().min(0).max(65_535).nullable(),
  /** Go on when nobody is attached. */
  keep: z.boolean(),
});
export type GatewayStart = z.output<typeof gatewayStart>;

/** Weights by the names of a route's targets; null takes those of the configuration again. */
export const gatewayWeights = z.object({
  route: name,
  weights: z.record(name, z.number().min(0)).nullable(),
});
export type GatewayWeights = z.output<typeof gatewayWeights>;

/** What a request is sent to, as in `gateway` of touchstone.yaml. */
const armTarget = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('provider'), provider: name, model: name.exactOptional() }),
  z.object({ kind: z.literal('release'), release: name }),
  z.object({ kind: z.literal('agent'), url: z.string().min(1).max(2_000) }),
]);

export const shadowStart = z.object({
  route: name,
  to: armTarget,
  share: z.number().min(0).max(1),
  suite: name.exactOptional(),
  maxPairs: z.int().positive(),
  maxCostUsd: z.number().min(0).exactOptional(),
  maxMs: z.number().min(0).exactOptional(),
  workers: z.int().positive(),
  queue: z.int().min(0),
});
export type ShadowStart = z.output<typeof shadowStart>;

export const shadowStop = z.object({ route: name });
