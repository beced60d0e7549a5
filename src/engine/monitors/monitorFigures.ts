import type { Connection } from '../store/file/connection.ts';

/** How a monitor has done since it was there, over all processes. */
export interface MonitorFigures {
  monitor: string;
  /** Spans that it is for, those outside its share included. */
  matched: number;
  /** Of them, outside its share. */
  unsampled: number;
  /** Evaluations that were made: passed, failed, or with nothing measured. */
  evaluated: number;
  passed: number;
  failed: number;
  errors: number;
  /** Evaluators that had nothing to say of a span. */
  skipped: number;
  /** Evaluations that are still to be made. */
  pending: number;
  /** Evaluations, and of `backlog` and `late` spans, that were left out, by reason. */
  dropped: { [reason: string]: number };
  /** US dollars that are known to be spent on judges. */
  costUsd: number;
  /** Evaluations whose cost is unknown. */
  unpriced: number;
  /** The last evaluation, in milliseconds since the epoch; null where there is none. */
  lastMs: number | null;
}

const DROPPED = 'dropped ';

/** All that have counts, by name. Empty in a store of an earlier version that is only read. */
export function monitorFigures(connection: Connection): MonitorFigures[] {
  if (!connection.hasTable('monitor_counts')) return [];
  const rows = connection.all('SELECT monitor, name, value FROM monitor_counts ORDER BY monitor, name');
  const waiting = connection.all('SELECT monitor, count(*) AS n FROM pending_evaluations GROUP BY monitor');
  const pending = new Map(waiting.map((row) => [String(row['monitor']), Number(row['n'])]));

  const counts = Map.groupBy(rows, (row) => String(row['monitor']));
  const names = [...new Set([...counts.keys(), ...pending.keys()])].sort();
  return names.map((monitor) => {
    const own = new Map(
      (counts.get(monitor) ?? []).map((row) => [String(row['name']), Number(row['value'])]),
    );
    return figuresOf(monitor, own, pending.get(monitor) ?? 0);
  });
}

function figuresOf(monitor: string, counts: ReadonlyMap<string, number>, pending: number): MonitorFigures {
  const of = (name: string): number => counts.get(name) ?? 0;
  const dropped = [...counts].filter(([name]) => name.startsWith(DROPPED));
  return {
    monitor,
    matched: of('matched'),
    unsampled: of('unsampled'),
    evaluated: of('passed') + of('failed') + of('errors'),
    passed: of('passed'),
    failed: of('failed'),
    errors: of('errors'),
    skipped: of('skipped'),
    pending,
    dropped: Object.fromEntries(dropped.map(([name, value]) => [name.slice(DROPPED.length), value])),
    costUsd: of('nano_usd') / 1e9,
    unpriced: of('unpriced'),
    lastMs: counts.get('last_ms') ?? null,
  };
}
