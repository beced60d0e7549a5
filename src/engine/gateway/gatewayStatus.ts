import type { ComparisonWord } from '../model/comparison.ts';
import type { ArmsFrom } from './routes/routeArms.ts';

/** What the gateway tells of itself. Plain data. Times in milliseconds; null where nothing was measured. */
export interface GatewayStatus {
  routes: RouteStatus[];
  /** Why the configuration is not used as it is written; null where it is. */
  problem: string | null;
}

export interface RouteStatus {
  route: string;
  path: string;
  models: readonly string[];
  inFlight: number;
  arms: ArmStatus[];
  /** Whose arms they are. */
  armsFrom: ArmsFrom;
  /** The observed split does not fit the weights: nothing may be concluded from comparing the arms. */
  mismatch: { p: number } | null;
  shadow: ShadowStatus | null;
}

/** Counts since its weights were set. */
export interface ArmStatus {
  arm: string;
  /** e.g. `openai/gpt-5-mini`, `release/warm`, `http://127.0.0.1:9000`. */
  target: string;
  weight: number;
  /** Under way now. */
  inFlight: number;
  requests: number;
  failed: number;
  /** Of the last 1,000 requests. */
  p50Ms: number | null;
  p95Ms: number | null;
  tokens: number;
  costUsd: number;
  /** Whose cost is not known. */
  unpriced: number;
}

export interface ShadowStatus {
  to: string;
  share: number;
  suite: string | null;
  state: 'mirroring' | 'ended';
  /** Why it ended; null while it goes on. */
  reason: string | null;
  mirrored: number;
  pairs: number;
  queued: number;
  /** Copies that were not made or not evaluated, by reason. */
  dropped: { readonly [reason: string]: number };
  /** Candidate and judges. A call of the candidate whose cost is unknown counts as a typical one. */
  costUsd: number;
  /** Calls of the candidate whose cost is unknown. */
  unpriced: number;
  /** Pairs whose candidate asked for a tool call that the primary had not made. */
  diverged: number;
  limits: ShadowLimits;
  /** The comparison that its pairs are stored as; null before the first. */
  runId: string | null;
  /** So far; undecided may still become another word. */
  verdict: ComparisonWord | null;
  interference: Interference;
}

/** Where it ends by itself; null where it has no such limit. */
export interface ShadowLimits {
  maxPairs: number;
  /** US dollars. */
  maxCostUsd: number | null;
  /** Milliseconds since the epoch. */
  endsMs: number | null;
}

/** The primary's latency in slices of time with copies and without them. */
export interface Interference {
  on: SliceLatency;
  off: SliceLatency;
  /** One-sided, valid at every look: that copies make it slower. */
  p: number | null;
  /** The shadow was taken out for it. */
  isTripped: boolean;
}

export interface SliceLatency {
  requests: number;
  p50Ms: number | null;
  p99Ms: number | null;
}
