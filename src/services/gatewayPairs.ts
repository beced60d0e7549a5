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
  /** Those whose place another one took, until they have judged what they had taken. */
  readonly #replaced = new Set<PairComparison>();
  readonly #keys = new Map<string, string | undefined>();
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

  /** What takes the pairs of a shadow that begins. Throws UserError where it cannot be opened; the problem says so, too. */
  sinkFor(route: RouteConfig, shadow: ShadowConfig): PairSink {
    const { workspace, onEnd, ...ports } = this.#ports;
    const { name } = route;
    this.#problems.delete(name);
    try {
      const opened = openPairs(workspace(), route, shadow, {
        ...ports,
        onKey: (key) => {
          // Whoever has the same key goes on with its run.
          if (this.#keys.get(name) === key) void this.#leave(name);
          this.#keys.set(name, key);
        },
        onEnd: (reason) =>
          queueMicrotask(() => {
            // Its shadow may only be begun, and another one is none of its business.
            if (this.#open.get(name) === opened) onEnd(name, reason);
          }),
      });
      this.#replace(name);
      this.#open.set(name, opened);
      return opened;
    } catch (error) {
      this.#replace(name);
      if (error instanceof UserError) this.#problems.set(name, error.message);
      throw error;
    }
  }

  /** Ends what is compared for shadows that have ended meanwhile. */
  follow(statusOf: (route: string) => ShadowStatus | null): void {
    for (const comparison of this.#replaced) {
      if (!comparison.isOver) continue;
      this.#replaced.delete(comparison);
      void comparison.close().catch(this.#ports.onBug);
    }
    for (const route of this.#problems.keys()) if (statusOf(route) === null) this.#problems.delete(route);
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
    const replaced = [...this.#replaced].map((one) => one.close().catch(this.#ports.onBug));
    await Promise.all([...replaced, ...[...this.#open.keys()].map((route) => this.#leave(route))]);
  }

  /** It judges what it has taken, and ends. */
  #replace(route: string): void {
    const before = this.#open.get(route);
    if (!before) return;
    this.#open.delete(route);
    before.end('another shadow took its place');
    this.#replaced.add(before);
  }

  async #leave(route: string): Promise<void> {
    const comparison = this.#open.get(route);
    this.#open.delete(route);
    await comparison?.close().catch(this.#ports.onBug);
  }
}
