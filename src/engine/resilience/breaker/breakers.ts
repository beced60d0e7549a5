import type { BreakerHealth } from '../../model/providerHealth.ts';
import type { CallFacts, Permit, Policy } from '../policy.ts';
import type { BreakerConfig } from '../resilienceConfig.ts';
import { Breaker, type BreakerChange, type BreakerPorts } from './breaker.ts';

/** Hears of a change; `model` is undefined for calls that name none. */
type Listener = (model: string | undefined, change: BreakerChange) => void;

/**
 * The circuit breakers of one provider, one for each of its models: a model that fails leaves the others as they are, and of a provider that
 * is gone, each opens with its own calls.
 */
export class Breakers implements Policy {
  readonly name = 'breaker';
  readonly #ports: BreakerPorts;
  readonly #listener: Listener;
  readonly #models = new Map<string | undefined, Breaker>();
  #config: BreakerConfig | null;
  #isolated = false;

  constructor(config: BreakerConfig | null, ports: BreakerPorts, listener: Listener) {
    this.#config = config;
    this.#ports = ports;
    this.#listener = listener;
    this.#breaker(undefined);
  }

  admit(call: CallFacts): Permit | Promise<Permit> {
    return this.#breaker(call.model).admit(call);
  }

  /** They begin anew, isolated where they were so by hand. Null is switched off, but for isolation. */
  configure(config: BreakerConfig | null): void {
    this.#config = config;
    this.#models.clear();
    this.#breaker(undefined);
  }

  /** Lets no call through until `reset`, of whatever model. */
  isolate(): void {
    this.#isolated = true;
    for (const breaker of this.#models.values()) breaker.isolate();
  }

  reset(): void {
    this.#isolated = false;
    for (const breaker of this.#models.values()) breaker.reset();
  }

  /** Those that are open let probes through at once, one after the other. */
  tryEarly(): void {
    for (const breaker of this.#models.values()) breaker.tryEarly();
  }

  /** That of the model for which it is worst. */
  health(): BreakerHealth {
    const all = [...this.#models].map(([model, breaker]) => ({ model, health: breaker.health() }));
    const worst = all.reduce((one, other) => (isWorse(other.health, one.health) ? other : one));
    const { model, health } = worst;
    const isOnly = all.every((one) => one === worst || one.model === undefined);
    return health.state === 'open' && model !== undefined && !isOnly
      ? { ...health, reason: `${health.reason} of ${model}` }
      : health;
  }

  /** The calls that they decide by; where one is not closed, those that it opened by. */
  calls(): { total: number; failed: number; slow: number } {
    const sum = { total: 0, failed: 0, slow: 0 };
    for (const breaker of this.#models.values()) {
      const { total, failed, slow } = breaker.calls();
      sum.total += total;
      sum.failed += failed;
      sum.slow += slow;
    }
    return sum;
  }

  #breaker(model: string | undefined): Breaker {
    const known = this.#models.get(model);
    if (known) return known;

    const breaker = new Breaker(this.#config ?? NEVER_OPEN, this.#ports);
    if (this.#isolated) breaker.isolate();
    breaker.onDidChange((change) => this.#listener(model, change));
    this.#models.set(model, breaker);
    return breaker;
  }
}

const BADNESS: { readonly [state in BreakerHealth['state']]: number } = {
  closed: 0,
  'half-open': 1,
  open: 2,
  isolated: 3,
};

function isWorse(one: BreakerHealth, other: BreakerHealth): boolean {
  if (one.state === 'open' && other.state === 'open') return one.until > other.until;
  return BADNESS[one.state] > BADNESS[other.state];
}

/** A breaker that is switched off can still be opened by hand. */
const NEVER_OPEN: BreakerConfig = {
  failures: Number.POSITIVE_INFINITY,
  failureRate: Number.POSITIVE_INFINITY,
  slowRate: Number.POSITIVE_INFINITY,
  slowMs: Number.POSITIVE_INFINITY,
  minimumCalls: Number.POSITIVE_INFINITY,
  window: { kind: 'calls', calls: 20 },
  openMs: 0,
  openMaxMs: 0,
  halfOpenCalls: 1,
};
