import type { RunPlan, RunRecord, RunState } from '../../model/run.ts';

/** A row of the table `runs`. */
export interface RunRow {
  number: number;
  id: string;
  state: 'running' | 'interrupted' | 'complete';
  plan: string;
  created_at: number;
  finished_at: number | null;
  elapsed_ms: number;
  attempts: number;
  owner_pid: number | null;
  owner_host: string | null;
  /** Absent in a store of version 1 that is only read. */
  owner_started?: string | null;
  heartbeat: number | null;
  stop_reason: string | null;
  seen_at?: number | null;
}

export function toRunRecord(row: RunRow): RunRecord {
  return {
    id: row.id,
    plan: JSON.parse(row.plan) as RunPlan,
    status: toState(row),
    createdAt: row.created_at,
    elapsedMs: row.elapsed_ms,
    seenAt: row.seen_at ?? null,
  };
}

function toState(row: RunRow): RunState {
  switch (row.state) {
    case 'complete':
      return { state: 'complete', finishedAt: row.finished_at ?? row.created_at, ...reasonOf(row) };
    case 'interrupted':
      if (row.attempts === 0) return { state: 'planned' };
      return { state: 'interrupted', ...reasonOf(row) };
    case 'running':
      return {
        state: 'running',
        owner: {
          pid: row.owner_pid ?? 0,
          host: row.owner_host ?? '',
          started: row.owner_started ?? null,
          heartbeat: row.heartbeat ?? 0,
        },
      };
  }
}

function reasonOf({ stop_reason: reason }: RunRow): { reason?: string } {
  return reason === null ? {} : { reason };
}
