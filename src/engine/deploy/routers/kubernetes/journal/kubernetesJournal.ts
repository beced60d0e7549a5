import type { JsonObject } from '../../../../model/json.ts';
import type { Clock } from '../../../../ports.ts';
import type { EntryDraft, Hold, Journal, JournalEntry } from '../../../journal/journal.ts';
import { JournalConflict } from '../../../journal/journalConflict.ts';
import type { DeploymentPhase } from '../../../machine/phase.ts';
import type { ClusterClient } from '../cluster/clusterClient.ts';
import { ClusterError } from '../cluster/clusterError.ts';
import { annotation, type ClusterObject, CONFIG_MAP, textAt, versionOf } from '../cluster/clusterObject.ts';
import { ClusterLease } from './clusterLease.ts';
import { entriesIn, keyOf, summedUp, textOf } from './journalPieces.ts';

const LABEL = 'touchstone/journal';
const DEPLOYMENT = 'touchstone/deployment';
const TRIES = 5;

/**
 * The journal of deployments to a cluster, in that cluster: a ConfigMap for each deployment with a key for each entry, whose resource version
 * keeps two writers from each other, and a Lease. So a controller on another machine goes on. Rejects with ClusterError beside JournalConflict.
 */
export class KubernetesJournal implements Journal {
  readonly #client: ClusterClient;
  readonly #clock: Clock;
  readonly #leases = new Map<string, ClusterLease>();

  constructor(client: ClusterClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  async list(signal: AbortSignal): Promise<string[]> {
    const { items } = await this.#client.list(CONFIG_MAP, { [LABEL]: 'true' }, signal);
    return items.flatMap((item) => annotation(item, DEPLOYMENT) ?? []).sort();
  }

  async read(deployment: string, signal: AbortSignal): Promise<JournalEntry[]> {
    const found = await this.#client.get(CONFIG_MAP, nameOf(deployment), signal);
    return found ? entriesIn(found) : [];
  }

  async append(
    deployment: string,
    entry: EntryDraft,
    after: number,
    signal: AbortSignal,
  ): Promise<JournalEntry> {
    for (let tries = 1; ; tries += 1) {
      if (entry.kind !== 'wish') await this.#checkLease(deployment, entry.by, after, signal);
      const found = await this.#client.get(CONFIG_MAP, nameOf(deployment), signal);
      const entries = found ? entriesIn(found) : [];
      const written = { ...entry, seq: after + 1 };
      // The answer to an earlier try was lost.
      if (textOf(entries.at(-1)) === textOf(written)) return written;

      const isAnew = after === 0 && isOver(entries);
      if (!isAnew && (entries.at(-1)?.seq ?? 0) !== after) throw conflict(deployment);
      try {
        await this.#write(deployment, found, isAnew, written, signal);
        return written;
      } catch (error) {
        if (!(error instanceof ClusterError && error.isConflict) || tries >= TRIES) throw error;
      }
    }
  }

  async hold(deployment: string, holder: string, leaseMs: number, signal: AbortSignal): Promise<Hold> {
    return await this.#lease(deployment).hold(holder, leaseMs, signal);
  }

  async release(deployment: string, holder: string, signal: AbortSignal): Promise<void> {
    await this.#lease(deployment).release(holder, signal);
  }

  /** Who controls a deployment; null where nobody does. Changes nothing. */
  async holderOf(deployment: string, signal: AbortSignal): Promise<string | null> {
    return await this.#lease(deployment).holder(signal);
  }

  async #write(
    deployment: string,
    found: ClusterObject | null,
    isAnew: boolean,
    entry: JournalEntry,
    signal: AbortSignal,
  ): Promise<void> {
    const data = { [keyOf(entry.seq)]: textOf(entry) };
    if (!found) {
      const metadata = {
        name: nameOf(deployment),
        labels: { [LABEL]: 'true', 'app.kubernetes.io/managed-by': 'touchstone' },
        annotations: { [DEPLOYMENT]: deployment },
      };
      const body = { apiVersion: CONFIG_MAP.apiVersion, kind: CONFIG_MAP.kind, metadata, data };
      await this.#client.create(CONFIG_MAP, body, signal);
      return;
    }

    const removed = isAnew ? without(found, entry.seq) : summedUp(found, entry);
    const body = { metadata: { resourceVersion: versionOf(found) }, data: { ...removed, ...data } };
    await this.#client.patch(CONFIG_MAP, nameOf(deployment), body, signal);
  }

  /** Wishes are anybody's, and so is the beginning while nobody controls the deployment. */
  async #checkLease(deployment: string, by: string, after: number, signal: AbortSignal): Promise<void> {
    const holder = await this.#lease(deployment).holder(signal);
    if (holder === by || (after === 0 && holder === null)) return;
    throw new JournalConflict(
      holder === null
        ? `${by} does not control the deployment "${deployment}"`
        : `the deployment "${deployment}" is controlled by ${holder}`,
      { remedy: 'Nothing was changed.' },
    );
  }

  #lease(deployment: string): ClusterLease {
    const known = this.#leases.get(deployment);
    if (known) return known;
    const lease = new ClusterLease(this.#client, this.#clock, nameOf(deployment));
    this.#leases.set(deployment, lease);
    return lease;
  }
}

const ENDS: readonly DeploymentPhase[] = ['done', 'rolled-back'];

/** A new attempt begins once the one before has ended. */
function isOver(entries: readonly JournalEntry[]): boolean {
  const last = entries.findLast(({ kind }) => kind === 'transition');
  const phase = textAt(last?.data, 'state', 'phase');
  return entries.length === 0 || ENDS.some((end) => end === phase);
}

/** Removes every entry but the one that is written. */
function without(found: ClusterObject, seq: number): JsonObject {
  const gone = entriesIn(found).filter((entry) => entry.seq !== seq);
  return Object.fromEntries(gone.map((entry) => [keyOf(entry.seq), null]));
}

/** Names of deployments are names of objects mostly; others are made into one, unlike any other. */
function nameOf(deployment: string): string {
  if (/^[a-z0-9]([-a-z0-9]{0,50}[a-z0-9])?$/.test(deployment)) return `touchstone-${deployment}`;
  return `touchstone-x${Buffer.from(deployment).toString('hex').slice(0, 200)}`;
}

function conflict(deployment: string): JournalConflict {
  return new JournalConflict(
    `somebody else has written to the journal of the deployment "${deployment}" meanwhile`,
    { remedy: 'Nothing was changed. Look at it again.' },
  );
}
