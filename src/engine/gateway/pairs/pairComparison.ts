import { LeaseLostError, ResumeError, UserError } from '../../errors.ts';
import type { ComparisonWord } from '../../model/comparison.ts';
import type { TrialResult } from '../../model/result.ts';
import type { PairSink, ShadowPair } from '../shadow/shadowPair.ts';
import { keptCase, keptResult } from './keptPair.ts';
import { leftPairs } from './leftPairs.ts';
import { isUnanswered, type PairCase, pairCase } from './pairCase.ts';
import type { PairComparisonOptions } from './pairComparisonOptions.ts';
import { PairJudging } from './pairJudging.ts';
import { type PairEnding, PairLog } from './pairLog.ts';
import { PairPlaces } from './pairPlaces.ts';
import type { PairStatus } from './pairStatus.ts';
import { PairTally } from './pairTally.ts';
import { type PairTargets, pendingOutputs } from './pendingPair.ts';
import { UntilDone } from './untilDone.ts';

/** Pairs that are accepted and not evaluated; more are dropped. */
const MOST_WAITING = 100;
/** Pairs that wait are judged for so long after the shadow has ended, in milliseconds. */
const LAST_MS = 10 * 60_000;
/** Pairs are gathered for so long before they are stored together, and tried again where that fails, in milliseconds. */
const GATHER_MS = 50;
const AGAIN_MS = 1_000;

/**
 * One comparison of live pairs. A pair is stored before it is evaluated, and its results replace it in one transaction: a process
 * that is killed loses nothing that it told of, evaluates no pair twice, and the next one goes on with the same run. Content that is
 * not to be kept is never stored, so pairs of such a route that wait are lost with the process.
 */
export class PairComparison implements PairSink {
  readonly #options: PairComparisonOptions;
  readonly #targets: PairTargets;
  readonly #judging: PairJudging;
  readonly #tally: PairTally;
  readonly #stop = new AbortController();
  readonly #places = new PairPlaces();
  /** Exchanges whose pairs have come. */
  readonly #known = new Set<string>();
  /** Not stored yet. */
  #arrived: PairCase[] = [];
  #judged: { pair: PairCase; results: TrialResult[] }[] = [];
  #log: PairLog | undefined;
  #unanswered = 0;
  #storeProblem: string | null = null;
  #judgeProblem: string | null = null;
  #isScheduled = false;
  /** Once it has ended. */
  #word: ComparisonWord | undefined;
  /** `ending`: no pair is taken any more, and those that wait are judged. */
  #state: 'open' | 'ending' | 'ended' | 'closed' = 'open';
  /** How it ends when nothing waits any more. */
  #last: PairEnding | undefined;
  readonly #storing: UntilDone;

  /** Goes on with the run of the same plan that an earlier process has left. Throws StoreError, and ResumeError where a living one has it. */
  constructor(options: PairComparisonOptions) {
    const { plan, evaluators, clock, onBug } = options;
    const live = plan.origin?.live;
    const candidate = plan.targets.find(({ name }) => name !== live?.baseline);
    if (!live || !candidate) throw new Error('the plan is not one of live pairs');

    this.#options = options;
    this.#storing = new UntilDone(clock);
    this.#targets = { baseline: live.baseline, candidate: candidate.name };
    this.#tally = new PairTally(live, this.#targets);
    this.#judging = new PairJudging({
      ...{ evaluators, targets: this.#targets, clock, onBug },
      runId: () => this.#log?.run.id ?? '',
      onJudged: (pair, results) => {
        this.#judgeProblem = null;
        this.#judged.push({ pair, results });
        this.#schedule();
      },
      onLost: ({ located }) => this.#skip(located.index),
      onRefused: (message) => this.#tell(message),
    });

    const left = PairLog.resume(options, plan);
    if (left) this.#goOn(left);
    this.#fetchKeys().catch((error: unknown) => {
      if (!this.#stop.signal.aborted) onBug(error);
    });
  }

  /** It has nothing more to do. */
  get isOver(): boolean {
    return !this.#isAtWork && !this.#storing.isWaiting;
  }

  get status(): PairStatus {
    return {
      runId: this.#log?.run.id ?? null,
      verdict: this.#word ?? this.#tally.word,
      pairs: this.#tally.pairs,
      waiting: this.#waiting,
      unanswered: this.#unanswered,
      leftOut: this.#options.evaluators.leftOut,
      judgeCostUsd: this.#tally.judgeUsd,
      problem: this.#storeProblem ?? this.#judgeProblem,
    };
  }

  /** What its shadow tells of it. */
  figures(): PairStatus {
    return this.status;
  }

  begin(id: string): void {
    if (this.#state !== 'open' || this.#known.has(id)) return;
    const lost = this.#places.begin(id);
    if (lost !== undefined) this.giveUp(lost);
  }

  offer(pair: ShadowPair): boolean {
    const { id } = pair.primary;
    if (this.#state !== 'open') return false;
    if (this.#known.has(id)) return true;
    const { maxPairs } = this.#options.shadow;
    if (this.#waiting >= MOST_WAITING || this.#tally.pairs + this.#waiting >= maxPairs) {
      this.giveUp(id);
      return false;
    }

    const position = this.#places.end(id) ?? this.#places.take();
    this.#known.add(id);
    this.#arrive(pair, position);
    return true;
  }

  giveUp(id: string): void {
    const position = this.#places.end(id);
    if (position !== undefined) this.#skip(position);
  }

  /** No more pairs are wanted, e.g. because a person ends the shadow: those that were taken are judged, and decide. */
  end(reason: string): void {
    if (this.#state !== 'open') return;
    this.#state = 'ending';
    this.#last = { reason };
    this.#options.clock.sleep(LAST_MS, this.#stop.signal).then(
      () => this.#finish({ reason }),
      () => {},
    );
    this.#look();
  }

  /** Nothing may be concluded from its pairs, e.g. because the observed split does not fit the weights. */
  void(reason: string): void {
    if (this.#finish({ reason, isVoid: true })) this.#options.onEnd(reason);
  }

  /** Leaves it to the next process. Idempotent. */
  async close(): Promise<void> {
    if (this.#isAtWork)
      this.#guarded(() => {
        this.#store();
        if (this.#isAtWork) this.#log?.leave('the gateway was stopped');
      });
    if (this.#isAtWork) this.#state = 'closed';
    this.#storing.close();
    this.#judging.stop();
    this.#stop.abort(new Error('the comparison was closed'));
    await this.#options.evaluators.close();
  }

  get #isAtWork(): boolean {
    return this.#state === 'open' || this.#state === 'ending';
  }

  get #waiting(): number {
    return this.#arrived.length + this.#judging.waiting + this.#judged.length;
  }

  #skip(position: number): void {
    if (!this.#isAtWork) return;
    this.#tally.skip(position);
    this.#look();
  }

  #arrive(pair: ShadowPair, position: number): void {
    const { route, shadow, evaluators, onBug } = this.#options;
    try {
      if (isUnanswered(pair)) {
        this.#unanswered += 1;
        this.#skip(position);
        return;
      }
      this.#arrived.push(evaluators.clean(pairCase(pair, { position, route, shadow })));
      this.#schedule();
    } catch (error) {
      // Whatever a client sends ends nobody.
      onBug(error);
      this.#skip(position);
    }
  }

  #schedule(inMs = GATHER_MS): void {
    if (this.#isScheduled || !this.#isAtWork) return;
    this.#isScheduled = true;
    this.#options.clock.sleep(inMs, this.#stop.signal).then(
      () => {
        this.#isScheduled = false;
        // No pair may come any more that would have it tried again.
        if (!this.#guarded(() => this.#store())) this.#schedule(AGAIN_MS);
      },
      () => {},
    );
  }

  /** Stores what has come and what was judged, and tells of it afterwards. */
  #store(): void {
    const [arrived, judged] = [this.#arrived, this.#judged];
    if (!this.#isAtWork || (arrived.length === 0 && judged.length === 0)) return;

    const { keep } = this.#options.route;
    this.#log ??= this.#opened(PairLog.begin(this.#options, this.#options.plan));
    // What is not to be kept is not stored as it came.
    const pending = keep === 'content' ? arrived : [];
    this.#log.append({
      cases: [...pending, ...judged.map(({ pair }) => pair)].map(({ located }) => keptCase(located, keep)),
      results: judged.flatMap(({ pair: { located }, results }) =>
        results.map((result) => keptResult(result, keptCase(located, keep), keep)),
      ),
      pending: pending.flatMap((pair) => pendingOutputs(pair, this.#targets)),
    });

    [this.#arrived, this.#judged] = [[], []];
    this.#judging.add(arrived);
    for (const { pair, results } of judged) this.#tally.add(pair.located, results);
    this.#look();
    this.#options.onChange();
  }

  #look(): void {
    const isLast = this.#last !== undefined && this.#waiting === 0;
    const ending = this.#tally.ending(this.#options.shadow) ?? (isLast ? this.#last : undefined);
    if (ending && this.#finish(ending)) this.#options.onEnd(ending.reason);
  }

  /** Whether it ended by that, and was not to end already. */
  #finish(ending: PairEnding): boolean {
    if (!this.#isAtWork) return false;
    const wasOpen = this.#state === 'open';
    this.#state = 'ended';
    this.#storing.begin(() => this.#storeEnding(ending));
    this.#stop.abort(new Error('the comparison has ended'));
    this.#judging.stop();
    [this.#arrived, this.#judged] = [[], []];
    this.#options.onChange();
    return wasOpen;
  }

  /** Whether nothing is left to do. The next process does it where this one could not. */
  #storeEnding(ending: PairEnding): boolean {
    const isDone = this.#guarded(() => {
      this.#word = this.#log?.end(ending);
    });
    return isDone || this.#state === 'closed';
  }

  #goOn(log: PairLog): void {
    const pending = leftPairs(log, this.#targets, {
      ...{ tally: this.#tally, places: this.#places, known: this.#known },
    });
    this.#opened(log);
    this.#judging.add(pending);
    this.#look();
  }

  #opened(log: PairLog): PairLog {
    this.#log = log;
    log.beat(this.#stop.signal, () => {
      this.#guarded(() => log.append());
      this.#schedule();
    });
    return log;
  }

  async #fetchKeys(): Promise<void> {
    const problem = await this.#options.evaluators.ready(this.#stop.signal);
    if (problem !== null) this.#tell(problem);
  }

  #tell(problem: string): void {
    this.#judgeProblem = problem;
    this.#options.onChange();
  }

  /** What a store that fails did not take stays here, and is tried again; a run that another process has is that one's. False where it failed. */
  #guarded(work: () => void): boolean {
    try {
      work();
      this.#storeProblem = null;
      return true;
    } catch (error) {
      if (!(error instanceof UserError)) this.#options.onBug(error);
      if (error instanceof LeaseLostError || error instanceof ResumeError) this.#state = 'closed';
      this.#storeProblem = error instanceof Error ? error.message : String(error);
      this.#options.onChange();
      return false;
    }
  }
}
