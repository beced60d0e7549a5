import { LivePairs } from '../engine/compare/pairs/livePairs.ts';
import type { PreparedComparison } from '../engine/compare/preparedComparison.ts';
import type { CaseComparison } from '../engine/model/comparison.ts';
import type { TrialResult } from '../engine/model/result.ts';
import type { RunRecord } from '../engine/model/run.ts';
import { comparisonEntry } from '../engine/reports/jsonComparison.ts';
import type { RunStore } from '../engine/store/runStore.ts';
import type { EngineEvents } from '../protocol/events.ts';
import { RunFeed } from './runFeed.ts';
import type { Session } from './session.ts';

type Progress = EngineEvents['compare/progress'];

/** Cases are gathered for this long, in milliseconds. */
const GATHER_MS = 100;

/** Tells the window how a comparison goes on, and the run that it makes like any other. */
export class ComparisonFeed {
  readonly #id: string;
  readonly #session: Session;
  readonly #store: RunStore;
  readonly #prepared: PreparedComparison;
  readonly #counts: Progress['counts'] = { improved: 0, degraded: 0, neutral: 0, unmeasured: 0 };
  #live: LivePairs | undefined;
  #run: RunRecord | undefined;
  #feed: RunFeed | undefined;
  #done = 0;
  #cases: Progress['cases'] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(id: string, session: Session, store: RunStore, prepared: PreparedComparison) {
    this.#id = id;
    this.#session = session;
    this.#store = store;
    this.#prepared = prepared;
  }

  started(run: RunRecord): void {
    const { pairs, baseline } = this.#prepared;
    this.#run = run;
    this.#live = new LivePairs(pairs, run.plan.repeat);
    if (baseline.storedRun !== null) this.#live.addBaseline(this.#store.results(baseline.storedRun));
    this.#feed = new RunFeed(this.#session, this.#store, run);
    this.#feed.started();
    this.#take([...this.#store.results(run.id)]);
    this.flush();
  }

  add(results: readonly TrialResult[]): void {
    this.#feed?.add(results);
    this.#take(results);
  }

  /** Sends what is gathered. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#run) return;
    this.#feed?.flush();
    this.#session.tell('compare/progress', {
      id: this.#id,
      runId: this.#run.id,
      done: this.#done,
      trials: this.#run.plan.trials,
      counts: { ...this.#counts },
      cases: this.#cases,
    });
    this.#cases = [];
  }

  /** The run has ended; `passed` as its own report says. */
  finished(end: Omit<EngineEvents['run/finished'], 'runId'>): void {
    this.flush();
    if (this.#run) this.#session.tell('run/finished', { runId: this.#run.id, ...end });
  }

  #take(results: readonly TrialResult[]): void {
    this.#done += results.length;
    const stored = this.#prepared.baseline.storedRun !== null;
    for (const found of this.#live?.add(results, stored) ?? []) this.#count(found);
    this.#timer ??= setTimeout(() => this.flush(), GATHER_MS);
  }

  #count(found: CaseComparison): void {
    this.#counts[found.change] += 1;
    this.#cases.push(comparisonEntry(found) as unknown as Progress['cases'][number]);
  }
}
