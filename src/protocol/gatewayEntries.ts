import * as z from 'zod';
import { comparisonWord } from './comparisonWord.ts';

/** Milliseconds; null where nothing was measured. See engine/gateway/gatewayStatus.ts for what each figure is. */
const latency = z.number().nullable();

const sliceLatency = z.object({ requests: z.int(), p50Ms: latency, p99Ms: latency });

const shadowStatus = z.object({
  to: z.string(),
  share: z.number(),
  suite: z.string().nullable(),
  state: z.enum(['mirroring', 'ended']),
  reason: z.string().nullable(),
  mirrored: z.int(),
  pairs: z.int(),
  queued: z.int(),
  dropped: z.record(z.string(), z.int()),
  costUsd: z.number(),
  unpriced: z.int(),
  diverged: z.int(),
  limits: z.object({
    maxPairs: z.int(),
    maxCostUsd: z.number().nullable(),
    /** Milliseconds since the epoch. */
    endsMs: z.number().nullable(),
  }),
  runId: z.string().nullable(),
  verdict: comparisonWord.nullable(),
  interference: z.object({
    on: sliceLatency,
    off: sliceLatency,
    p: z.number().nullable(),
    isTripped: z.boolean(),
  }),
});

const armStatus = z.object({
  arm: z.string(),
  target: z.string(),
  weight: z.number(),
  requests: z.int(),
  failed: z.int(),
  p50Ms: latency,
  p95Ms: latency,
  tokens: z.number(),
  costUsd: z.number(),
  unpriced: z.int(),
  /** Versions before 1.3 do not say. */
  inFlight: z.int().exactOptional(),
});

const routeStatus = z.object({
  route: z.string(),
  path: z.string(),
  models: z.array(z.string()),
  inFlight: z.int(),
  arms: z.array(armStatus),
  /** `deployment`: set at run time, in place of those of touchstone.yaml. */
  armsFrom: z.enum(['configuration', 'deployment']).exactOptional(),
  mismatch: z.object({ p: z.number() }).nullable(),
  shadow: shadowStatus.nullable(),
});

/** A key that a provider needs; never the key itself. */
const wantedKey = z.object({
  provider: z.string(),
  /** Scheme, host and port. */
  origin: z.string(),
  /** The environment variable that the configuration names for it. */
  variable: z.string(),
});

/** Whether requests are taken, and what became of them. */
export const gatewayState = z.discriminatedUnion('state', [
  z.object({ state: z.literal('off') }),
  z.object({
    state: z.literal('serving'),
    port: z.int(),
    /** Without a path: what clients of OpenAI's API ask is below `/v1`. */
    endpoint: z.string(),
    /** Which clients show in place of a key of a provider. */
    token: z.string(),
    /** It answers requests of Anthropic's API, too. */
    anthropic: z.boolean(),
    /** Goes on when nobody is attached. */
    keep: z.boolean(),
    /** The usual port, and who has it, where another one had to be taken. */
    insteadOf: z.object({ port: z.int(), holder: z.string() }).nullable(),
    /** Why the configuration is not used as it is written; null where it is. */
    problem: z.string().nullable(),
    /** Keys that its routes need and nobody has given: whoever is attached and has them sends them by `gateway/keys`. */
    keysWanted: z.array(wantedKey),
    routes: z.array(routeStatus),
  }),
  z.object({ state: z.literal('failed'), port: z.int(), message: z.string(), remedy: z.string() }),
]);

export type GatewayState = z.output<typeof gatewayState>;
export type ServingGateway = Extract<GatewayState, { state: 'serving' }>;
export type RouteEntry = z.output<typeof routeStatus>;
export type ArmEntry = z.output<typeof armStatus>;
export type ShadowEntry = z.output<typeof shadowStatus>;
export type WantedKey = z.output<typeof wantedKey>;

/** A key for one provider at one origin; null where the person refuses it, or has none. */
export const givenKey = z.object({ ...wantedKey.shape, value: z.string().min(1).nullable() });
export type GivenKey = z.output<typeof givenKey>;
