import type { Version, Weights } from '../sides.ts';

/** Both versions of a deployment. Blue is null where nothing served before. */
export interface Pair {
  blue: Version | null;
  green: Version;
}

/**
 * What moves traffic. Every method may be called again after it was interrupted at any point, and does then what is still missing. Whether
 * it worked is told by `observe` alone. Rejects with RouterError: `transient` ones are tried again.
 */
export interface Router {
  /** What is steered and where, for people: `route support of the gateway at 127.0.0.1:4320`, `HTTPRoute shop/support in context prod`. */
  describe(signal: AbortSignal): Promise<string>;
  /** Which version all the traffic goes to now, outside a deployment; null where there is none. Rejects where several share it. */
  current(signal: AbortSignal): Promise<Version | null>;
  observe(pair: Pair, signal: AbortSignal): Promise<Observed>;
  /** Makes green exist. Does not wait until it is ready, and gives it no traffic. */
  start(pair: Pair, signal: AbortSignal): Promise<void>;
  /** Changes these two weights and nothing else. */
  setWeights(pair: Pair, weights: Weights, signal: AbortSignal): Promise<void>;
  /** Ends a version without traffic, once its requests have ended or `drainMs` are over. What this router did not start is left running. */
  stop(pair: Pair, side: 'blue' | 'green', drainMs: number, signal: AbortSignal): Promise<void>;
  /** Green is the version that serves from now on; blue is forgotten. */
  settle(pair: Pair, signal: AbortSignal): Promise<void>;
  /** A single request at a version, past the weights: for smoke tests and golden cases. */
  target(pair: Pair, side: 'blue' | 'green', signal: AbortSignal): Promise<AskedVersion>;
  /** Resolves as soon as something may have changed, and at the latest after `mostMs`; a router without it is asked every so often. */
  changed?(mostMs: number, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface Observed {
  /** Null where the route does not name both versions. */
  weights: Weights | null;
  blue: Readiness;
  green: Readiness;
  /** What somebody else has changed, in sentences. Left as it is. */
  drift: readonly string[];
}

export type Readiness =
  | { state: 'absent' }
  | { state: 'starting'; reason: string }
  | { state: 'ready' }
  | { state: 'failing'; reason: string }
  /** Gets no more traffic; requests under way. */
  | { state: 'draining'; inFlight: number | null };

/** How a version is asked directly. */
export type AskedVersion =
  | { kind: 'http'; url: string; headers: { readonly [name: string]: string } }
  | { kind: 'model'; baseUrl: string; model: string; headers: { readonly [name: string]: string } };
