import { LeaseLostError, ResumeError, UserError } from '../../errors.ts';
import type { ComparisonWord } from '../../model/comparison.ts';
import { counted } from '../../model/figures.ts';
import type { TrialResult } from '../../model/result.ts';
import type { RunPlan } from '../../model/run.ts';
import type { RouteConfig, ShadowConfig } from '../../suites/gateway/gatewayConfig.ts';
import type { PairSink, ShadowPair } from '../shadow/shadowPair.ts';
import { keptCase, keptResult } from './keptPair.ts';
import { isUnanswered, type PairCase, pairCase } from './pairCase.ts';
import type { PairEvaluators } from './pairEvaluators.ts';
import { PairJudging } from './pairJudging.ts';
import { type PairEnding, PairLog, type PairLogPorts } from './pairLog.ts';
import { PairPlaces } from './pairPlaces.ts';
import type { PairStatus } from './pairStatus.ts';
import { PairTally } from './pairTally.ts';
import { exchangeOf, type PairTargets, pendingOutputs, pendingPair } from './pendingPair.ts';

export interface PairComparisonOptions extends PairLogPorts {
  route: Pick<RouteConfig, 'name' | 'arms' | 'keep'>;
  shadow: ShadowConfig;
  plan: RunPlan;
  /** Closed with it. */
  evaluators: PairEvaluators;
  /** It takes no more pairs: a verdict, or as many pairs, as much money or time as was asked for. */
  onEnd(reason: string): void;
  /** Its status has changed. */
  onChange(): void;
  onBug(error: unknown): void;
}

/** Pairs that are accepted and not evaluated; more are dropped. */
const MOST_WAITING = 100;
/** Pairs are gathered for so long before they are stored together, in milliseconds. */
const GATHER_MS = 50;

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
  #state: 'open' | 'ended' | 'closed' = 'open';

  /** Goes on with the run of the same plan that an earlier process has left. Throws StoreError, and ResumeError where a living one has it. */
  constructor(options: PairComparisonOptions) {
    const { plan, evaluators, clock, onBug } = options;
    const live = plan.origin?.live;
    const candidate = plan.targets.find(({ name }) => name !== live?.baseline);
    if (!live || !candidate) throw new Error('the plan is not one of live pairs');

    this.#options = options;
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

  /** No more pairs are wanted, e.g. because a person ends the shadow: those that are stored decide. */
  end(reason: string): void {
    this.#finish({ reason });
  }

  /** Nothing may be concluded from its pairs, e.g. because the observed split does not fit the weights. */
  void(reason: string): void {
    if (this.#finish({ reason, isVoid: true })) this.#options.onEnd(reason);
  }

  /** Leaves it to the next process. Idempotent. */
  async close(): Promise<void> {
    if (this.#state === 'open')
      this.#guarded(() => {
        this.#store();
        if (this.#state === 'open') this.#log?.leave('the gateway was stopped');
      });
    if (this.#state === 'open') this.#state = 'closed';
    this.#judging.stop();
    this.#stop.abort(new Error('the comparison was closed'));
    await this.#options.evaluators.close();
  }

  get #waiting(): number {
    return this.#arrived.length + this.#judging.waiting + this.#judged.length;
  }

  #skip(position: number): void {
    if (this.#state !== 'open') return;
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

  #schedule(): void {
    if (this.#isScheduled || this.#state !== 'open') return;
    this.#isScheduled = true;
    this.#options.clock.sleep(GATHER_MS, this.#stop.signal).then(
      () => {
        this.#isScheduled = false;
        this.#guarded(() => this.#store());
      },
      () => {},
    );
  }

  /** Stores what has come and what was judged, and tells of it afterwards. */
  #store(): void {
    const [arrived, judged] = [this.#arrived, this.#judged];
    if (this.#state !== 'open' || (arrived.length === 0 && judged.length === 0)) return;

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
    const ending = this.#tally.ending(this.#options.shadow);
    if (ending && this.#finish(ending)) this.#options.onEnd(ending.reason);
  }

  /** False where it had ended before. */
  #finish(ending: PairEnding): boolean {
    if (this.#state !== 'open') return false;
    this.#guarded(() => {
      this.#word = this.#log?.end(ending);
    });
    this.#state = 'ended';
    this.#stop.abort(new Error('the comparison has ended'));
    this.#judging.stop();
    [this.#arrived, this.#judged] = [[], []];
    this.#options.onChange();
    return true;
  }

  #goOn(log: PairLog): void {
    const pending: PairCase[] = [];
    for (const stored of log.pairs()) {
      const { located } = stored;
      while (this.#places.next < located.index) this.#tally.skip(this.#places.take());
      this.#places.take();
      this.#known.add(exchangeOf(located));

      if (stored.state === 'judged') this.#tally.add(located, stored.results);
      else {
        const pair = pendingPair(located, stored.outputs, this.#targets);
        if (pair) pending.push(pair);
        else this.#tally.skip(located.index);
      }
    }

    this.#opened(log);
    this.#judging.add(pending);
    this.#look();
  }

  #opened(log: PairLog): PairLog {
    this.#log = log;
    const { maxMs } = this.#options.shadow;
    log.beat(this.#stop.signal, () => {
      this.#guarded(() => log.append());
      this.#schedule();
    });
    if (maxMs !== undefined) log.after(maxMs, this.#stop.signal, () => this.#timeOver());
    return log;
  }

  #timeOver(): void {
    const reason = `its time was over after ${counted(this.#tally.pairs, 'pair')}`;
    if (this.#finish({ reason })) this.#options.onEnd(reason);
  }

  async #fetchKeys(): Promise<void> {
    const problem = await this.#options.evaluators.ready(this.#stop.signal);
    if (problem !== null) this.#tell(problem);
  }

  #tell(problem: string): void {
    this.#judgeProblem = problem;
    this.#options.onChange();
  }

  /** What a store that fails did not take stays here, and is tried again; a run that another process has is that one's. */
  #guarded(work: () => void): void {
    try {
      work();
      this.#storeProblem = null;
    } catch (error) {
      if (!(error instanceof UserError)) this.#options.onBug(error);
      if (error instanceof LeaseLostError || error instanceof ResumeError) this.#state = 'closed';
      this.#storeProblem = error instanceof Error ? error.message : String(error);
      this.#options.onChange();
    }
  }
}
