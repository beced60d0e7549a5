import type {
  AskedVersion,
  Observed,
  Pair,
  Readiness,
  Router,
} from '../../../src/engine/deploy/routers/router.ts';
import type { Version, Weights } from '../../../src/engine/deploy/sides.ts';

/** Versions that run, and a route. Faults are added around it. */
export class FakeRouter implements Router {
  serving: Version | null;
  /** By digest: looks until it is ready; absent where it does not run. */
  readonly running = new Map<string, { looks: number; state?: Readiness }>();
  weights: { blue: string | null; green: string; weights: Weights } | null = null;
  drift: string[] = [];
  /** Looks until a new version is ready. */
  slowness = 1;
  readonly stopped: string[] = [];
  readonly problems: string[] = [];

  constructor(serving: Version | null) {
    this.serving = serving;
    if (serving) this.running.set(serving.digest, { looks: 0 });
  }

  async describe(): Promise<string> {
    return 'the fake route';
  }

  async current(): Promise<Version | null> {
    return this.serving;
  }

  async observe(pair: Pair): Promise<Observed> {
    const own = this.#isOf(pair) ? this.weights : null;
    return {
      weights: own ? { ...own.weights } : null,
      blue: pair.blue ? this.#readiness(pair.blue) : { state: 'absent' },
      green: this.#readiness(pair.green),
      drift: [...this.drift],
    };
  }

  async start({ green }: Pair): Promise<void> {
    if (!this.running.has(green.digest)) this.running.set(green.digest, { looks: this.slowness });
  }

  async setWeights(pair: Pair, weights: Weights): Promise<void> {
    const served = this.#isOf(pair) ? (this.weights?.weights.green ?? 0) : 0;
    if (weights.blue + weights.green !== 100) this.problems.push(`the sum of ${JSON.stringify(weights)}`);
    if (weights.green > served && !this.isReady(pair.green.digest))
      this.problems.push(`${pair.green.name} gets ${weights.green} % and is not ready`);
    if (
      pair.blue &&
      weights.blue > this.share(pair.blue.digest) &&
      !this.isReady(pair.blue.digest) &&
      this.isReady(pair.green.digest)
    )
      this.problems.push(`${pair.blue.name} gets ${weights.blue} % and is not ready`);
    this.weights = { blue: pair.blue?.digest ?? null, green: pair.green.digest, weights };
  }

  async stop(pair: Pair, side: 'blue' | 'green'): Promise<void> {
    const version = pair[side];
    if (!version) return;
    if (this.share(version.digest) > 0) this.problems.push(`${version.name} is stopped with traffic`);
    this.running.delete(version.digest);
    this.stopped.push(version.name);
  }

  async settle(pair: Pair): Promise<void> {
    if (this.share(pair.green.digest) !== 100) this.problems.push('settled without all the traffic');
    this.serving = pair.green;
    this.weights = null;
  }

  async target(): Promise<AskedVersion> {
    return { kind: 'http', url: 'http://127.0.0.1:1', headers: {} };
  }

  async close(): Promise<void> {}

  isReady(digest: string): boolean {
    const found = this.running.get(digest);
    return found !== undefined && found.state === undefined && found.looks <= 0;
  }

  /** Percent of the traffic. */
  share(digest: string): number {
    if (!this.weights) return this.serving?.digest === digest ? 100 : 0;
    if (this.weights.green === digest) return this.weights.weights.green;
    return this.weights.blue === digest ? this.weights.weights.blue : 0;
  }

  #readiness({ digest }: Version): Readiness {
    const found = this.running.get(digest);
    if (!found) return { state: 'absent' };
    if (found.state) return found.state;
    if (found.looks <= 0) return { state: 'ready' };
    found.looks -= 1;
    return { state: 'starting', reason: 'it has not answered yet' };
  }

  #isOf(pair: Pair): boolean {
    return this.weights?.green === pair.green.digest && this.weights.blue === (pair.blue?.digest ?? null);
  }
}
