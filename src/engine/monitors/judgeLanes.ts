import type { StoredJob } from './monitorStore.ts';

/** Evaluations of one evaluator that are made at once. */
const AT_ONCE = 2;
/** And that wait; more are dropped. */
const MOST_WAITING = 500;

interface Lane {
  waiting: StoredJob[];
  running: number;
}

/**
 * A bounded queue for each evaluator that waits for something: a judge that hangs holds up nobody but itself. `run` never
 * rejects.
 */
export class JudgeLanes {
  readonly #run: (job: StoredJob) => Promise<void>;
  readonly #lanes = new Map<string, Lane>();
  readonly #running = new Set<Promise<void>>();
  #isClosed = false;

  constructor(run: (job: StoredJob) => Promise<void>) {
    this.#run = run;
  }

  /** How many more may wait. */
  room(monitor: string, evaluator: string): number {
    return MOST_WAITING - (this.#lanes.get(laneOf({ monitor, evaluator }))?.waiting.length ?? 0);
  }

  add(jobs: readonly StoredJob[]): void {
    for (const job of jobs) {
      const key = laneOf(job);
      const lane = this.#lanes.get(key) ?? { waiting: [], running: 0 };
      this.#lanes.set(key, lane);
      lane.waiting.push(job);
      this.#advance(lane);
    }
  }

  /** Takes those back that have not begun and are not wanted any longer. */
  takeBack(isWanted: (job: StoredJob) => boolean): StoredJob[] {
    return [...this.#lanes.values()].flatMap((lane) => {
      const unwanted = lane.waiting.filter((job) => !isWanted(job));
      lane.waiting = lane.waiting.filter(isWanted);
      return unwanted;
    });
  }

  /** Resolves when all that run now have ended. */
  async settled(): Promise<void> {
    await Promise.all([...this.#running]);
  }

  /** Nothing begins any more. */
  close(): void {
    this.#isClosed = true;
  }

  #advance(lane: Lane): void {
    while (!this.#isClosed && lane.running < AT_ONCE) {
      const job = lane.waiting.shift();
      if (!job) return;
      lane.running += 1;
      const ended = this.#run(job).then(() => {
        lane.running -= 1;
        this.#running.delete(ended);
        this.#advance(lane);
      });
      this.#running.add(ended);
    }
  }
}

function laneOf({ monitor, evaluator }: Pick<StoredJob, 'monitor' | 'evaluator'>): string {
  return JSON.stringify([monitor, evaluator]);
}
