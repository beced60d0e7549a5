import { liveOriginOf, storedPair } from '../engine/compare/live/liveComparison.ts';
import { UserError } from '../engine/errors.ts';
import type { CaseComparison } from '../engine/model/comparison.ts';
import type { RunRecord } from '../engine/model/run.ts';
import { comparisonEntry } from '../engine/reports/jsonComparison.ts';
import type { RunStore } from '../engine/store/runStore.ts';
import type { EngineEvents } from '../protocol/events.ts';
import { type Session, storeOf } from './session.ts';

type Progress = EngineEvents['compare/progress'];

/** The services process writes the pairs; how often it is looked for new ones, in milliseconds. */
const LOOK_MS = 1_000;

/** Tells the window of live pairs as they are stored, until their comparison has ended. */
export class LivePairsFeed {
  readonly #id: string;
  readonly #runId: string;
  readonly #session: Session;
  readonly #counts: Progress['counts'] = { improved: 0, degraded: 0, neutral: 0, unmeasured: 0 };
  readonly #known = new Set<number>();
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(id: string, runId: string, session: Session) {
    this.#id = id;
    this.#runId = runId;
    this.#session = session;
    this.#timer = setTimeout(() => this.#look(), 0);
    session.onClose(async () => {
      this.stop();
    });
  }

  /** Idempotent; false where it had ended before. */
  stop(): boolean {
    clearTimeout(this.#timer);
    const wasOpen = !this.#isOver;
    this.#isOver = true;
    return wasOpen;
  }

  #look(): void {
    try {
      const store = storeOf(this.#session, this.#runId);
      const run = store.getRun(this.#runId);
      this.#tell(run, this.#fresh(store, run));
      if (run.status.state === 'complete') {
        this.stop();
        this.#session.tell('compare/finished', { id: this.#id, outcome: 'complete' });
        return;
      }
    } catch (error) {
      // It may be written at this moment; a run that was deleted is not there any more.
      if (!(error instanceof UserError)) throw error;
    }
    if (!this.#isOver) this.#timer = setTimeout(() => this.#look(), LOOK_MS);
  }

  #fresh(store: RunStore, run: RunRecord): CaseComparison[] {
    const baseline = liveOriginOf(run)?.baseline;
    const positions = [...store.caseIndexes(run.id)].map(([, index]) => index).sort((a, b) => a - b);
    return positions.flatMap((position) => {
      if (baseline === undefined || this.#known.has(position)) return [];
      const found = storedPair(store, run.id, position, baseline);
      if (!found) return [];
      this.#known.add(position);
      return [found];
    });
  }

  #tell(run: RunRecord, cases: readonly CaseComparison[]): void {
    for (const { change } of cases) this.#counts[change] += 1;
    this.#session.tell('compare/progress', {
      id: this.#id,
      runId: run.id,
      done: 2 * this.#known.size,
      trials: run.plan.trials,
      counts: { ...this.#counts },
      cases: cases.map((one) => comparisonEntry(one) as unknown as Progress['cases'][number]),
    });
  }
}
