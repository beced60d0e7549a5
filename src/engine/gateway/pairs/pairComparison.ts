import { SAME } from '../../compare/live/liveComparison.ts';
import { LiveVerdict } from '../../compare/live/liveVerdict.ts';
import { compareCase } from '../../compare/pairs/pairCases.ts';
import { caseHalf } from '../../compare/sides/caseHalf.ts';
import { LeaseLostError, ResumeError, UserError } from '../../errors.ts';
import type { ComparisonWord } from '../../model/comparison.ts';
import { counted, formatCost } from '../../model/figures.ts';
import type { TrialResult } from '../../model/result.ts';
import type { LiveOrigin, RunPlan } from '../../model/run.ts';
import type { RouteConfig, ShadowConfig } from '../../suites/gateway/gatewayConfig.ts';
import type { PairSink, ShadowPair } from '../shadow/shadowPair.ts';
import { keptCase, keptResult } from './keptPair.ts';
import { type ExchangeReader, type PairCase, pairCase } from './pairCase.ts';
import type { LeftOut, PairEvaluators } from './pairEvaluators.ts';
import { PairJudging } from './pairJudging.ts';
import { type PairEnding, PairLog, type PairLogPorts } from './pairLog.ts';
import { isSame } from './pairPlan.ts';
import { exchangeOf, type PairTargets, pendingOutputs, pendingPair } from './pendingPair.ts';

export interface PairComparisonOptions extends PairLogPorts {
  route: Pick<RouteConfig, 'name' | 'arms' | 'keep'>;
  shadow: ShadowConfig;
  plan: RunPlan;
  /** Closed with it. */
  evaluators: PairEvaluators;
  reader: ExchangeReader;
  /** It takes no more pairs: a verdict, or as many pairs, as much money or time as was asked for. */
  onEnd(reason: string): void;
  /** Its status has changed. */
  onChange(): void;
  onBug(error: unknown): void;
}

/** What a comparison of live pairs tells of itself. */
export interface PairStatus {
  /** Null before the first pair. */
  runId: string | null;
  /** So far. */
  verdict: ComparisonWord | null;
  /** Evaluated and stored. */
  pairs: number;
  /** Accepted, and not evaluated yet. */
  waiting: number;
  /** Pairs that are none, because the client or a policy of ours kept the primary from answering. */
  unanswered: number;
  /** Evaluators of the suite that take no part. */
  leftOut: readonly LeftOut[];
  judgeCostUsd: number;
  /** What keeps it from going on; null where nothing does. */
  problem: string | null;
}

/** Pairs that are accepted and not evaluated; more are dropped. */
const MOST_WAITING = 100;
/** Requests that are begun and neither offered nor given up; the oldest of more is taken for lost. */
const MOST_BEGUN = 1_000;
/** Pairs are gathered for so long before they are stored together, in milliseconds. */
const GATHER_MS = 50;

/**
 * One comparison of live pairs. A pair is stored before it is evaluated, and its results replace it in one transaction: a process
 * that is killed loses nothing that it told of, evaluates no pair twice, and the next one goes on with the same run. Content that is
 * not to be kept is never stored, so pairs of such a route that wait are lost with the process.
 */
export class PairComparison implements PairSink {
  readonly #options: PairComparisonOptions;
  readonly #live: LiveOrigin;
  readonly #targets: PairTargets;
  readonly #judging: PairJudging;
  readonly #verdict: LiveVerdict;
  readonly #stop = new AbortController();
  /** Positions of requests whose pairs are to come. */
  readonly #begun = new Map<string, number>();
  /** Exchanges whose pairs have come. */
  readonly #known = new Set<string>();
  /** Not stored yet. */
  #arrived: PairCase[] = [];
  #judged: { pair: PairCase; results: TrialResult[] }[] = [];
  #log: PairLog | undefined;
  #next = 0;
  #pairs = 0;
  #unanswered = 0;
  #candidateUsd = 0;
  #judgeUsd = 0;
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
    this.#live = live;
    this.#targets = { baseline: live.baseline, candidate: candidate.name };
    this.#verdict = new LiveVerdict(live);
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
    void this.#fetchKeys();
  }

  get status(): PairStatus {
    return {
      runId: this.#log?.run.id ?? null,
      verdict: this.#word ?? (this.#pairs === 0 ? null : this.#verdict.word),
      pairs: this.#pairs,
      waiting: this.#waiting,
      unanswered: this.#unanswered,
      leftOut: this.#options.evaluators.leftOut,
      judgeCostUsd: this.#judgeUsd,
      problem: this.#storeProblem ?? this.#judgeProblem,
    };
  }

  /** What its shadow tells of it. */
  figures(): Pick<PairStatus, 'runId' | 'verdict' | 'judgeCostUsd'> {
    const { runId, verdict, judgeCostUsd } = this.status;
    return { runId, verdict, judgeCostUsd };
  }

  begin(id: string): void {
    if (this.#state !== 'open' || this.#known.has(id) || this.#begun.has(id)) return;
    this.#begun.set(id, this.#place());
    const [oldest] = this.#begun.keys();
    if (this.#begun.size > MOST_BEGUN && oldest !== undefined) this.giveUp(oldest);
  }

  offer(pair: ShadowPair): boolean {
    const { id } = pair.primary;
    if (this.#state !== 'open') return false;
    if (this.#known.has(id)) return true;
    if (this.#waiting >= MOST_WAITING || this.#pairs + this.#waiting >= this.#options.shadow.maxPairs) {
      this.giveUp(id);
      return false;
    }

    const position = this.#begun.get(id) ?? this.#place();
    this.#begun.delete(id);
    this.#known.add(id);
    this.#arrive(pair, position);
    return true;
  }

  giveUp(id: string): void {
    const position = this.#begun.get(id);
    if (position === undefined) return;
    this.#begun.delete(id);
    this.#skip(position);
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

  #place(): number {
    this.#next += 1;
    return this.#next - 1;
  }

  #skip(position: number): void {
    if (this.#state !== 'open') return;
    this.#verdict.skip(position);
    this.#look();
  }

  #arrive(pair: ShadowPair, position: number): void {
    const { reader, evaluators, onBug } = this.#options;
    try {
      if (isOwnFault(pair)) {
        this.#unanswered += 1;
        this.#skip(position);
        return;
      }
      const made = pairCase(pair, { position, same: this.#isSame(pair) }, reader);
      this.#arrived.push(evaluators.clean(made));
      this.#schedule();
    } catch (error) {
      // Whatever a client sends ends nobody.
      onBug(error);
      this.#skip(position);
    }
  }

  /** Whether the request asked its target and the shadow for the very same thing. */
  #isSame({ primary }: ShadowPair): boolean {
    if (this.#live.same) return true;
    const { route, shadow, reader } = this.#options;
    const arm = route.arms.find(({ name }) => name === primary.arm);
    return arm !== undefined && isSame(arm.target, shadow.to, reader.request(primary).model);
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
    for (const { pair, results } of judged) this.#count(pair, results);
    this.#look();
    this.#options.onChange();
  }

  #count({ located }: Pick<PairCase, 'located'>, results: readonly TrialResult[]): void {
    const of = (name: string) => results.find(({ target }) => target === name);
    const [before, after] = [of(this.#targets.baseline), of(this.#targets.candidate)];
    if (!before || !after) return;

    this.#pairs += 1;
    this.#candidateUsd += after.output.costUsd ?? 0;
    for (const evaluation of results.flatMap(({ evaluations }) => evaluations))
      if (evaluation.status !== 'skipped') this.#judgeUsd += evaluation.costUsd ?? 0;

    this.#verdict.add({
      position: located.index,
      compared: compareCase(caseHalf([before], 1), caseHalf([after], 1)),
      same: located.case.metadata?.[SAME] === true,
    });
  }

  #look(): void {
    const ending = this.#endingNow();
    if (ending && this.#finish(ending)) this.#options.onEnd(ending.reason);
  }

  #endingNow(): PairEnding | undefined {
    const { maxPairs, maxCostUsd } = this.#options.shadow;
    const { settled, word, clusters } = this.#verdict;
    const pairs = counted(this.#pairs, 'pair');
    if (settled) return { reason: `${word}: the verdict was clear after ${pairs}`, clusters };
    if (this.#pairs >= maxPairs) return { reason: `${pairs} were compared, as many as were asked for` };

    const spent = this.#candidateUsd + this.#judgeUsd;
    if (maxCostUsd === undefined || spent < maxCostUsd) return undefined;
    return { reason: `${formatCost(spent)} of at most ${formatCost(maxCostUsd)} were spent after ${pairs}` };
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
    this.#begun.clear();
    this.#options.onChange();
    return true;
  }

  #goOn(log: PairLog): void {
    const pending: PairCase[] = [];
    for (const stored of log.pairs()) {
      const { located } = stored;
      for (; this.#next < located.index; this.#next += 1) this.#verdict.skip(this.#next);
      this.#next = located.index + 1;
      this.#known.add(exchangeOf(located));

      if (stored.state === 'judged') this.#count(stored, stored.results);
      else {
        const pair = pendingPair(located, stored.outputs, this.#targets);
        if (pair) pending.push(pair);
        else this.#verdict.skip(located.index);
      }
    }

    this.#opened(log);
    this.#judging.add(pending);
    this.#look();
  }

  #opened(log: PairLog): PairLog {
    this.#log = log;
    const { clock, store, shadow } = this.#options;
    const { signal } = this.#stop;
    const beat = async (): Promise<void> => {
      await clock.sleep(store.leaseMs / 3, signal);
      this.#guarded(() => log.append());
      this.#schedule();
      return beat();
    };
    beat().catch(() => {});

    if (shadow.maxMs !== undefined)
      clock.sleep(Math.max(0, log.run.createdAt + shadow.maxMs - clock.now()), signal).then(
        () => {
          const reason = `its time was over after ${counted(this.#pairs, 'pair')}`;
          if (this.#finish({ reason })) this.#options.onEnd(reason);
        },
        () => {},
      );
    return log;
  }

  async #fetchKeys(): Promise<void> {
    try {
      const problem = await this.#options.evaluators.ready(this.#stop.signal);
      if (problem !== null) this.#tell(problem);
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#options.onBug(error);
    }
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

/** The client itself, or a policy of ours, kept the primary from answering: that says nothing of either target. */
function isOwnFault({ primary: { ending, status } }: ShadowPair): boolean {
  if (ending === 'left' || ending === 'refused') return true;
  return status !== null && status >= 400 && status < 500 && status !== 408 && status !== 429;
}
