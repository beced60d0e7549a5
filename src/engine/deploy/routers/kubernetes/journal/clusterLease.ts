import type { Clock } from '../../../../ports.ts';
import type { Hold } from '../../../journal/journal.ts';
import type { ClusterClient } from '../cluster/clusterClient.ts';
import { ClusterError } from '../cluster/clusterError.ts';
import { type ClusterObject, LEASE, numberAt, textAt, versionOf } from '../cluster/clusterObject.ts';

/**
 * A Lease of a cluster. Whether another's is over is told by our own clock, from when we first saw it as it is: clocks of two machines may
 * differ by more than it lasts.
 */
export class ClusterLease {
  readonly #client: ClusterClient;
  readonly #clock: Clock;
  readonly #name: string;
  #seen: { version: string; atMs: number } | undefined;

  constructor(client: ClusterClient, clock: Clock, name: string) {
    this.#client = client;
    this.#clock = clock;
    this.#name = name;
  }

  /** Takes or renews it, or says who has it. */
  async hold(holder: string, leaseMs: number, signal: AbortSignal): Promise<Hold> {
    const found = await this.#client.get(LEASE, this.#name, signal);
    if (found) {
      const other = holderOf(found);
      const leftMs = this.#leftMs(found);
      if (other !== '' && other !== holder && leftMs > 0)
        return { isHeld: false, by: other, untilMs: this.#clock.now() + leftMs };
    }
    try {
      await this.#take(found, holder, leaseMs, signal);
      return { isHeld: true };
    } catch (error) {
      if (!(error instanceof ClusterError && error.isConflict)) throw error;
      // Somebody else was faster, or an answer to ourselves was lost.
      const now = await this.#client.get(LEASE, this.#name, signal);
      if (now && holderOf(now) === holder) return { isHeld: true };
      return {
        isHeld: false,
        by: now ? holderOf(now) : 'somebody else',
        untilMs: this.#clock.now() + leaseMs,
      };
    }
  }

  async release(holder: string, signal: AbortSignal): Promise<void> {
    const found = await this.#client.get(LEASE, this.#name, signal);
    if (!found || holderOf(found) !== holder) return;
    const metadata = { resourceVersion: versionOf(found) };
    await this.#client
      .patch(LEASE, this.#name, { metadata, spec: { holderIdentity: '' } }, signal)
      .catch((error: unknown) => {
        // It is another's by now.
        if (!(error instanceof ClusterError && error.isConflict)) throw error;
      });
  }

  /** Null where nobody has it. */
  async holder(signal: AbortSignal): Promise<string | null> {
    const found = await this.#client.get(LEASE, this.#name, signal);
    if (!found || holderOf(found) === '') return null;
    return this.#leftMs(found) > 0 ? holderOf(found) : null;
  }

  async #take(
    found: ClusterObject | null,
    holder: string,
    leaseMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    const now = `${new Date(this.#clock.now()).toISOString().slice(0, -1)}000Z`;
    const isNew = !found || holderOf(found) !== holder;
    const transitions =
      (numberAt(found ?? undefined, 'spec', 'leaseTransitions') ?? 0) + (found && isNew ? 1 : 0);
    const spec = {
      holderIdentity: holder,
      leaseDurationSeconds: Math.max(1, Math.ceil(leaseMs / 1000)),
      renewTime: now,
      leaseTransitions: transitions,
      ...(isNew ? { acquireTime: now } : {}),
    };
    if (!found) {
      const body = { apiVersion: LEASE.apiVersion, kind: LEASE.kind, metadata: { name: this.#name }, spec };
      await this.#client.create(LEASE, body, signal);
    } else
      await this.#client.patch(
        LEASE,
        this.#name,
        { metadata: { resourceVersion: versionOf(found) }, spec },
        signal,
      );
  }

  /** How long the lease may still be its holder's, in milliseconds. */
  #leftMs(found: ClusterObject): number {
    const version = `${textAt(found, 'metadata', 'uid')} ${versionOf(found)}`;
    const now = this.#clock.monotonic();
    if (this.#seen?.version !== version) this.#seen = { version, atMs: now };
    const leaseMs = (numberAt(found, 'spec', 'leaseDurationSeconds') ?? 15) * 1000;
    return Math.max(0, this.#seen.atMs + leaseMs - now);
  }
}

function holderOf(lease: ClusterObject): string {
  return textAt(lease, 'spec', 'holderIdentity') ?? '';
}
