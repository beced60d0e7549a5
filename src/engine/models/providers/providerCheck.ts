import type { Allowance } from '../../resilience/policy.ts';

/** `unknown`: the check did not get so far. `not asked`: it does not apply, as for a server without keys. */
export type Fact = 'yes' | 'no' | 'unknown' | 'not asked';

/** What one small request to a provider showed. */
export interface ProviderCheck {
  provider: string;
  /** Scheme, host and port. */
  origin: string;
  /** Name of the model at the provider; null where none is used, and its list of models was asked for. */
  model: string | null;
  reachable: Fact;
  keyAccepted: Fact;
  modelKnown: Fact;
  streams: Fact;
  /** Until the reply was whole, in milliseconds. */
  latencyMs: number | null;
  firstTokenMs: number | null;
  /** What the provider said about its limits; null where it said nothing. */
  allowance: Allowance | null;
  /** Why calls would fail; null where they would not. Holds no key. */
  problem: { message: string; remedy: string } | null;
}

export const UNKNOWN_FACTS = {
  reachable: 'unknown',
  keyAccepted: 'unknown',
  modelKnown: 'unknown',
  streams: 'unknown',
  latencyMs: null,
  firstTokenMs: null,
  allowance: null,
  problem: null,
} as const satisfies Partial<ProviderCheck>;
