import { UserError } from '../engine/errors.ts';
import type { ShadowStatus } from '../engine/gateway/gatewayStatus.ts';
import { type OpenPairsPorts, openPairs } from '../engine/gateway/pairs/openPairs.ts';
import type { PairComparison } from '../engine/gateway/pairs/pairComparison.ts';
import type { PairSink } from '../engine/gateway/shadow/shadowPair.ts';
import type { RouteConfig, ShadowConfig } from '../engine/suites/gateway/gatewayConfig.ts';
import type { Workspace } from '../engine/suites/loadWorkspace.ts';

export interface GatewayPairsPorts extends Omit<OpenPairsPorts, 'onEnd'> {
  workspace(): Workspace;
  /** A comparison takes no more pairs. */
  onEnd(route: string, reason: string): void;
}

/** The comparisons of shadows with their routes, one a route. */
export class GatewayPairs {
  readonly #ports: GatewayPairsPorts;
  readonly #open = new Map<string, PairComparison>();
  readonly #problems = new Map<string, string>();

  constructor(ports: GatewayPairsPorts) {
    this.#ports = ports;
  }

  /** Why pairs of a route are not compared; null where all are. */
  get problem(): string | null {
    for (const [route, comparison] of this.#open) {
      const { problem } = comparison.status;
      if (problem !== null) return `shadow of ${route}: ${problem}`;
    }
    const [first] = this.#problems;
    return first ? `shadow of ${first[0]}: ${first[1]}` : null;
  }

  /** What takes the pairs of a shadow that begins. Where it cannot be opened, none are taken, and the problem says why. */
  sinkFor(route: RouteConfig, shadow: ShadowConfig): PairSink {
    const { workspace, onEnd, ...ports } = this.#ports;
    void this.#leave(route.name);
    this.#problems.delete(route.name);
    try {
      const opened = openPairs(workspace(), route, shadow, {
        ...ports,
        onEnd: (reason) => onEnd(route.name, reason),
      });
      this.#open.set(route.name, opened);
      return opened;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#problems.set(route.name, error.message);
      return { begin: () => {}, offer: () => false, giveUp: () => {} };
    }
  }

  /** Ends what is compared for shadows that have ended meanwhile. */
  follow(statusOf: (route: string) => ShadowStatus | null): void {
    for (const [route, comparison] of this.#open) {
      const status = statusOf(route);
      if (status?.state === 'ended') comparison.end(status.reason ?? 'the shadow has ended');
      if (status === null) void this.#leave(route);
    }
  }

  /** Nothing may be concluded from the pairs of a route. */
  void(route: string, reason: string): void {
    this.#open.get(route)?.void(reason);
  }

  /** Leaves them to the next process. */
  async close(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((route) => this.#leave(route)));
  }

  async #leave(route: string): Promise<void> {
    const comparison = this.#open.get(route);
    this.#open.delete(route);
    await comparison?.close().catch(this.#ports.onBug);
  }
}
