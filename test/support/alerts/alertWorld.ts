import path from 'node:path';
import type { AlertRule } from '../../../src/engine/model/alertRule.ts';
import type { LiveEvaluation } from '../../../src/engine/model/liveEvaluation.ts';
import type { Clock } from '../../../src/engine/ports.ts';
import { MEMORY } from '../../../src/engine/store/file/database.ts';
import { readCondition } from '../../../src/engine/suites/alerting/alertCondition.ts';
import type { AlertGroup } from '../../../src/engine/telemetry/alerts/alertGroup.ts';
import { AlertKeeper } from '../../../src/engine/telemetry/alerts/alertKeeper.ts';
import type { AlertNotice } from '../../../src/engine/telemetry/alerts/alertNotice.ts';
import { AlertStore } from '../../../src/engine/telemetry/alerts/alertStore.ts';
import type { MetricPoint, MetricQuery } from '../../../src/engine/telemetry/metrics/metricQuery.ts';
import { ManualClock } from '../manualClock.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

/** A rule as the file says it; `a` by name. */
export function alertRule(when: string, over: Partial<AlertRule> = {}): AlertRule {
  const read = readCondition(when);
  if (!('condition' in read)) throw new Error(read.message);
  return {
    name: 'a',
    condition: read.condition,
    clear: read.condition.limit,
    of: {},
    by: null,
    overMs: 60_000,
    forMs: 0,
    minSamples: 1,
    severity: 'warning',
    notify: ['editor', 'hook'],
    description: null,
    location: { path: 'touchstone.yaml', line: 2, column: 3 },
    ...over,
  };
}

/** A point of which every statistic is one value. */
export function figurePoint(value: number, count = 1): MetricPoint {
  const same = { min: value, max: value, mean: value, p50: value, p95: value, p99: value };
  return { startMs: 0, count, sum: value, ...same };
}

export function liveEvaluation(
  seq: number,
  score: number | null,
  over: Partial<LiveEvaluation> = {},
): LiveEvaluation {
  return {
    seq,
    traceId: seq.toString(16).padStart(32, '0'),
    spanId: seq.toString(16).padStart(16, '0'),
    monitor: 'm',
    evaluator: 'concepts',
    type: 'concepts',
    stage: 'lexical',
    score,
    passed: score === null ? null : score >= 0.5,
    reason: '',
    costUsd: 0,
    latencyMs: 1,
    atMs: 1_800_000_000_000,
    spanEndMs: 1_800_000_000_000,
    labels: { service: 'agent', model: 'gpt', release: null },
    ...over,
  };
}

/** Alerts over figures that a test sets, with a clock that it moves on, and a process that it can kill. */
export class AlertWorld {
  readonly clock: ManualClock;
  readonly file: string;
  /** By label. */
  readonly figures = new Map<string | null, MetricPoint>();
  readonly queries: MetricQuery[] = [];
  readonly scores: LiveEvaluation[] = [];
  store: AlertStore;
  keeper: AlertKeeper;

  /** In memory, a process that is killed leaves only its store: no disk is waited for. */
  constructor({ inMemory = false, wall = 1_800_000_000_000 } = {}) {
    this.clock = new ManualClock({ wall });
    this.file = inMemory ? MEMORY : path.join(temporaryFolder(), 'alerts.db');
    this.store = new AlertStore(this.file);
    this.keeper = this.#open();
  }

  /** One value without groups; null: no data. */
  set value(value: number | null) {
    if (value === null) this.figures.delete(null);
    else this.figures.set(null, figurePoint(value));
  }

  /** The process is killed, and another one goes on. */
  restart(): void {
    if (this.file !== MEMORY) {
      this.store.close();
      this.store = new AlertStore(this.file);
    }
    this.keeper = this.#open();
  }

  /** Time passes, 5 s by default, and alerts are looked at. */
  look(rules: readonly AlertRule[], { afterMs = 5_000, receiving = true } = {}): void {
    this.clock.pass(afterMs);
    this.keeper.look(rules, { receiving });
  }

  group(label: string | null = null, rule = 'a'): AlertGroup | undefined {
    return this.store.groups().find(({ group }) => group.rule === rule && group.label === label)?.group;
  }

  get states(): string[] {
    return this.store.groups().map(({ group }) => group.state);
  }

  /** What waits for the channel `hook`, the oldest first. */
  get told(): AlertNotice[] {
    return this.store.waiting('hook', 1_000).map(({ notice }) => notice);
  }

  get kinds(): string[] {
    return this.told.map(({ kind }) => kind);
  }

  #open(): AlertKeeper {
    const { store, figures, clock, scores, queries } = this;
    return keeperOf(store, { figures, clock, scores, queries, root: '/agents/support' });
  }
}

export interface KeeperSources {
  figures: ReadonlyMap<string | null, MetricPoint>;
  clock: Clock;
  root: string;
  scores?: readonly LiveEvaluation[];
  /** What was asked for is added. */
  queries?: MetricQuery[];
}

/** Keeps alerts over these figures and scores. */
export function keeperOf(
  store: AlertStore,
  { figures, clock, root, scores = [], queries = [] }: KeeperSources,
): AlertKeeper {
  return new AlertKeeper({
    ...{ store, clock, root },
    figures: {
      total: (query) => {
        queries.push(query);
        return [...figures].map(([label, point]) => ({ label, points: [point] }));
      },
    },
    evaluations: {
      after: (seq, limit) => scores.filter((one) => one.seq > seq).slice(0, limit),
      get lastSeq() {
        return scores.at(-1)?.seq ?? 0;
      },
    },
    traces: {
      worst: () => [{ traceId: 'slow', title: 'agent', startMs: 0, score: null }],
      scored: (found) =>
        found.map(({ traceId, score, atMs }) => ({ traceId, title: '', startMs: atMs, score })),
    },
  });
}
