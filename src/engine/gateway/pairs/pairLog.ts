import { liveComparison, voidReason } from '../../compare/live/liveComparison.ts';
import { candidateVerdict } from '../../compare/verdict/candidateVerdict.ts';
import type { LocatedCase } from '../../model/case.ts';
import type { ComparisonWord } from '../../model/comparison.ts';
import type { PendingOutput, TrialResult } from '../../model/result.ts';
import type { RunPlan, RunRecord } from '../../model/run.ts';
import type { CandidateVerdict } from '../../model/runVerdict.ts';
import type { Clock, Random } from '../../ports.ts';
import { newRunId } from '../../runs/runId.ts';
import type { Lease, Owner } from '../../store/lease.ts';
import type { RunStore } from '../../store/runStore.ts';
import { runTraceId } from '../../telemetry/traceIds.ts';

export interface PairLogPorts {
  store: RunStore;
  clock: Clock;
  random: Random;
  owner: Owner;
}

/** A pair as it is stored: judged, or to be judged. */
export type StoredPair = { located: LocatedCase } & (
  | { state: 'judged'; results: TrialResult[] }
  | { state: 'pending'; outputs: PendingOutput[] }
);

export interface KeptPairs {
  cases: readonly LocatedCase[];
  results: readonly TrialResult[];
  pending: readonly PendingOutput[];
}

/** How a comparison of live pairs ended. */
export interface PairEnding {
  /** For people. */
  reason: string;
  /** As many clusters count, where a verdict ended it. */
  clusters?: number;
  /** Nothing may be concluded. */
  isVoid?: boolean;
}

/** Runs that may be gone on with are looked for among so many. */
const MOST_RUNS = 200;
/** With 65,536 ids a second, nobody needs as many. */
const MOST_DRAWS = 100;

/** The run that a comparison of live pairs is stored as. Throws StoreError, and LeaseLostError when another process took it over. */
export class PairLog {
  readonly run: RunRecord;
  readonly #ports: PairLogPorts;
  readonly #lease: Lease;
  #beat: number;
  #isComplete = false;

  private constructor(ports: PairLogPorts, run: RunRecord) {
    const { store, owner, clock } = ports;
    this.#ports = ports;
    this.run = run;
    this.#lease = store.claim(run.id, owner, clock.now());
    this.#beat = clock.monotonic();
  }

  /** The run of the same plan that an earlier process, or this one, has left; undefined where there is none. */
  static resume(ports: PairLogPorts, { origin }: RunPlan): PairLog | undefined {
    const left = ports.store
      .comparisons(MOST_RUNS)
      .find(
        ({ plan, status }) => status.state !== 'complete' && plan.origin?.live?.key === origin?.live?.key,
      );
    return left && new PairLog(ports, left);
  }

  static begin(ports: PairLogPorts, plan: RunPlan): PairLog {
    const { store, clock, random } = ports;
    for (let draws = 0; draws < MOST_DRAWS; draws += 1) {
      const createdAt = clock.now();
      const id = newRunId(createdAt, random);
      if (store.createRun({ id, plan, createdAt, traceId: runTraceId(id) }))
        return new PairLog(ports, store.getRun(id));
    }
    throw new Error(`no free id for a run in ${MOST_DRAWS} draws`);
  }

  /** All pairs, in the order of their requests. */
  *pairs(): IterableIterator<StoredPair> {
    const { store } = this.#ports;
    const { id, plan } = this.run;
    const positions = [...store.caseIndexes(id)].map(([, index]) => index).sort((a, b) => a - b);
    for (const position of positions) {
      const located = store.caseAt(id, position);
      if (!located) continue;
      const results = store.resultsAt(id, position);
      if (results.length === plan.targets.length) yield { located, state: 'judged', results };
      else yield { located, state: 'pending', outputs: store.pendingOutputs(id, position) };
    }
  }

  /** Durably, in one transaction; nothing but that this process is alive, where it is empty. */
  append({ cases, results, pending }: KeptPairs = { cases: [], results: [], pending: [] }): void {
    const { store, clock } = this.#ports;
    const now = clock.monotonic();
    store.append(
      this.#lease,
      { cases, results, pending, spans: [], logs: [] },
      { now: clock.now(), elapsedMs: now - this.#beat },
    );
    this.#beat = now;
  }

  /** Calls `work` often enough to keep the run, until the signal is aborted. */
  beat(signal: AbortSignal, work: () => void): void {
    const { clock, store } = this.#ports;
    const next = (): Promise<void> =>
      clock.sleep(store.leaseMs / 3, signal).then(() => {
        work();
        return next();
      });
    next().catch(() => {});
  }

  /** Gives the run up, to be gone on with. */
  leave(reason: string): void {
    this.#ports.store.release(this.#lease, 'interrupted', this.#ports.clock.now(), reason);
  }

  /** Nothing more comes: the run is complete, with its verdict. May be called again where it threw. */
  end(ending: PairEnding): ComparisonWord {
    const { store, clock } = this.#ports;
    if (!this.#isComplete) store.release(this.#lease, 'complete', clock.now(), ending.reason);
    this.#isComplete = true;
    const verdict = this.#verdict(ending);
    store.verdicts.save(this.run.id, verdict, clock.now());
    return verdict.comparison.word;
  }

  #verdict({ reason, clusters, isVoid }: PairEnding): CandidateVerdict {
    const { store } = this.#ports;
    if (isVoid) {
      const comparison = { word: 'undecided' as const, reason: voidReason(reason), void: reason };
      return { passed: false, gate: null, comparison };
    }

    const counted = clusters === undefined ? {} : { clusters };
    const found = liveComparison(store, this.run.id, clusters);
    if (!found) throw new Error(`run ${this.run.id} is no comparison of live pairs`);
    const verdict = candidateVerdict(found);
    return { ...verdict, comparison: { ...verdict.comparison, ...counted } };
  }
}
