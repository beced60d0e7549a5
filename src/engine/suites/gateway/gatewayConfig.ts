import type { SourceLocation } from '../../model/location.ts';

/** The `gateway` section of touchstone.yaml, with every default filled in. */
export interface GatewayConfig {
  /** Undefined takes the usual port. */
  port?: number;
  /** In the file's order: the first whose `match` fits a request answers it. Names are unique. */
  routes: RouteConfig[];
}

export interface RouteConfig {
  name: string;
  location?: SourceLocation;
  match: RouteMatch;
  /** At least one; their names are unique. */
  arms: ArmConfig[];
  /** What keeps a client with one arm; absent where each request is drawn by itself. */
  sticky?: StickyKey;
  /** The bulkhead whose limits and hourly budgets hold. */
  pool: string;
  limits: RouteLimits;
  /** What is asked, in this order, where an arm fails before its first content. */
  fallbacks: ArmTarget[];
  /** Whole replies to exactly the same request are given again, from the memory of the gateway; off where false. */
  cache: boolean;
  shadow?: ShadowConfig;
  /** An agent that may be asked twice: nothing happens but an answer. The APIs of models always are. */
  isSafeToMirror: boolean;
  /** What is kept of requests and answers in traces and shadow pairs. */
  keep: 'content' | 'redacted' | 'none';
}

/** `path` is a prefix of whole segments. `models` hold `*`; absent where any model, or none, fits. */
export interface RouteMatch {
  path: string;
  models?: readonly string[];
}

export interface ArmConfig {
  name: string;
  /** Not negative; 0 gets nothing. */
  weight: number;
  target: ArmTarget;
}

/** `model` absent: the one that the request names. */
export type ArmTarget =
  | { kind: 'provider'; provider: string; model?: string }
  | { kind: 'release'; release: string }
  | { kind: 'agent'; url: string };

export type StickyKey = { by: 'session' } | { by: 'user' } | { by: 'header'; header: string };

/** In milliseconds. */
export interface RouteLimits {
  /** Until the first content. */
  firstTokenMs: number;
  /** Without a byte. */
  idleMs: number;
  wholeMs: number;
  /** Where a provider asks for a pause, until its client is told. */
  pauseMs: number;
  /** For a place, and for budget, until its client is told. */
  queueMs: number;
}

export interface ShadowConfig {
  /** What gets the copies. */
  to: ArmTarget;
  /** Of the route's requests, 0 to 1. */
  share: number;
  /** Whose evaluators score both answers; undefined where pairs are only shown. */
  suite?: string;
  /** Ends at so many pairs. */
  maxPairs: number;
  /** US dollars of candidate and judges; undefined without a limit. */
  maxCostUsd?: number;
  /** Ends so long after its start, in milliseconds; undefined without a limit. */
  maxMs?: number;
  /** Copies under way at once, and copies that wait. */
  workers: number;
  queue: number;
}
