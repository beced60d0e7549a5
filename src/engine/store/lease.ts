/** A process elsewhere that has not shown itself for this long has lost its run, in milliseconds. */
export const LEASE_MS = 30_000;

/** Who works on a run. */
export interface Owner {
  pid: number;
  host: string;
  /** Tells this process from a later one of the same number; null where the system does not say. */
  started: string | null;
  /** Whether a process of this host still exists; null where that cannot be told. */
  alive(pid: number, started: string | null): boolean | null;
}

/** The right to write a run. Whoever claims the run later ends it, whatever this process still believes. */
export interface Lease {
  runId: string;
  /** The run's number in its store. */
  number: number;
  /** How often the run had been started before. */
  attempt: number;
}

interface Claimant {
  owner: Owner;
  /** Milliseconds since the epoch. */
  now: number;
  leaseMs: number;
  /** This very process has ended its work on the run, and could not say so. */
  leftOver: boolean;
}

/**
 * Whether a run that `holder` has may be taken. On this host a living process keeps it, however long it was blocked or
 * suspended, and a dead one has lost it at once; of other hosts only the heartbeat is known.
 */
export function mayTake(
  holder: { pid: number; host: string; started: string | null; heartbeat: number },
  { owner, now, leaseMs, leftOver }: Claimant,
): boolean {
  const isExpired = now - holder.heartbeat >= leaseMs;
  if (holder.host !== owner.host) return isExpired;
  if (leftOver && holder.pid === owner.pid && holder.started === owner.started) return true;
  const alive = owner.alive(holder.pid, holder.started);
  return alive === null ? isExpired : !alive;
}
