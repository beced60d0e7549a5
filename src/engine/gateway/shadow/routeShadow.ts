import type { Clock, Random } from '../../ports.ts';
import { Sample } from '../../statistics/quantiles.ts';
import { targetText } from '../../suites/gateway/armTarget.ts';
import type { RouteConfig, ShadowConfig } from '../../suites/gateway/gatewayConfig.ts';
import type { AskUpstream } from '../exchange/exchangeListener.ts';
import type { FinishedExchange } from '../exchange/finishedExchange.ts';
import type { ShadowStatus } from '../gatewayStatus.ts';
import { type DropReason, Drops, refusalOf } from './drops.ts';
import { endReasons } from './endReasons.ts';
import { InterferenceWatch } from './interference/interferenceWatch.ts';
import { MirrorIntake } from './mirrorIntake.ts';
import { type MirrorJob, MirrorQueue } from './mirrorQueue.ts';
import { isInShare } from './mirrorShare.ts';
import { redactedPair } from './redactedPair.ts';
import { shadowLimits } from './shadowLimits.ts';
import { ShadowMoney } from './shadowMoney.ts';
import type { PairSink } from './shadowPair.ts';
import { type ComparedPairs, comparedSince, type ShadowProgress } from './shadowProgress.ts';
import { reached, timeLimit } from './timeLimit.ts';
import { askCandidate } from './tools/candidateLoop.ts';

interface RouteShadowPorts {
  upstream: AskUpstream;
  sink: PairSink;
  clock: Clock;
  random: Random;
  /** It has ended by itself. */
  onEnd(reason: string): void;
  /** Its progress has changed. */
  onChange(): void;
  onBug(error: unknown): void;
}

/** A copy with all its calls takes no longer, in milliseconds. */
const COPY_MS = 15 * 60_000;
/** Requests of clients under way that are remembered. */
const MOST_BEGUN = 20_000;
/** Of the last copies it is known how long they took. */
const TIMED_COPIES = 32;

interface Begun {
  isChosen: boolean;
  end(exchange: FinishedExchange): void;
}

/** The shadow of one route, from its start to its end: copies a share of the requests to a candidate, and offers both answers. */
export class RouteShadow {
  readonly route: RouteConfig;
  readonly shadow: ShadowConfig;
  readonly #ports: RouteShadowPorts;
  readonly #progress: Pick<ShadowProgress, 'startedMs' | 'mirrored' | 'pairs' | 'diverged'>;
  readonly #money: ShadowMoney;
  readonly #drops: Drops;
  /** As an earlier process has seen it. */
  readonly #before: ComparedPairs;
  readonly #watch: InterferenceWatch;
  readonly #intake: MirrorIntake;
  readonly #queue = new MirrorQueue();
  readonly #begun = new Map<string, Begun>();
  readonly #copyMs: number[] = [];
  readonly #stop = new AbortController();
  #running = 0;
  #isWaiting = false;
  #reason: string | null = null;

  constructor(route: RouteConfig, shadow: ShadowConfig, progress: ShadowProgress, ports: RouteShadowPorts) {
    this.route = route;
    this.shadow = shadow;
    this.#ports = ports;
    const { startedMs, mirrored, pairs, diverged } = progress;
    this.#progress = { startedMs, mirrored, pairs, diverged };
    this.#money = new ShadowMoney(progress);
    const { runId, verdict, judgeCostUsd } = progress;
    this.#before = { runId, verdict, judgeCostUsd };
    this.#drops = new Drops(progress.dropped);
    this.#watch = new InterferenceWatch(
      { ...ports, copyMs: () => medianOf(this.#copyMs) },
      progress.interference,
    );
    this.#intake = new MirrorIntake(route, {
      clock: ports.clock,
      onJob: (job) => this.#enqueue(job),
      onDrop: (reason) => this.#drops.add(reason),
      onBug: ports.onBug,
    });
    void this.#endInTime();
  }

  get progress(): ShadowProgress {
    return {
      ...{ ...this.#progress, ...this.#money.figures, ...this.#compared },
      ...{ dropped: this.#drops.counts, interference: this.#watch.kept },
    };
  }

  keeps({ id, stickyKey }: { id: string; stickyKey: string | null }): boolean {
    if (this.#reason !== null || this.#begun.size >= MOST_BEGUN) return false;
    const isInside = isInShare(this.route.name, stickyKey ?? id, this.shadow.share);
    const { kind, end } = this.#watch.begin();

    const isChosen = isInside && kind === 'on';
    if (isInside && !isChosen) this.#drops.add('interference');
    this.#begun.set(id, { isChosen, end });
    return isChosen || this.#intake.wantsMore;
  }

  finished(exchange: FinishedExchange): void {
    const begun = this.#begun.get(exchange.id);
    if (!begun) return;
    this.#begun.delete(exchange.id);
    if (this.#reason !== null) return;

    begun.end(exchange);
    if (this.#watch.isTripped) {
      this.#endItself(endReasons.interference(this.#watch.figures()));
      return;
    }

    this.#money.addPrimary(exchange);
    if (begun.isChosen || this.#intake.wantsMore) this.#intake.add(exchange, begun.isChosen);
  }

  /** Nothing is asked from now on; copies under way are given up. */
  end(reason: string): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    this.#stop.abort(new Error(reason));
    this.#begun.clear();
    this.#intake.close();
    for (const { primary } of this.#queue.clear()) this.#giveUp(primary, 'stopped');
  }

  status(): ShadowStatus {
    const { to, share, suite } = this.shadow;
    const { mirrored, pairs, diverged } = this.#progress;
    const { runId, verdict } = this.#compared;
    return {
      to: targetText(to),
      share,
      suite: suite ?? null,
      state: this.#reason === null ? 'mirroring' : 'ended',
      reason: this.#reason,
      mirrored,
      pairs,
      queued: this.#queue.size,
      dropped: this.#drops.counts,
      costUsd: this.#spentUsd,
      unpriced: this.#money.figures.unpriced,
      diverged,
      limits: shadowLimits(this.shadow, this.#progress.startedMs),
      runId,
      verdict,
      interference: this.#watch.figures(),
    };
  }

  get #spentUsd(): number {
    return this.#money.spentUsd + this.#compared.judgeCostUsd;
  }

  /** What is compared now; a comparison that has ended is not opened again by a later process. */
  get #compared(): ComparedPairs {
    return comparedSince(this.#before, this.#ports.sink.figures?.());
  }

  #enqueue(job: MirrorJob): void {
    const { queue, workers } = this.shadow;
    if (!this.#queue.add(job, queue + workers - this.#running)) return void this.#drops.add('queue-full');

    this.#ports.sink.begin(job.primary.id);
    this.#pump();
  }

  /** Begins as many copies as may be made now. */
  #pump(): void {
    const { workers, maxPairs } = this.shadow;
    while (this.#reason === null && this.#running < workers && this.#queue.size > 0) {
      if (this.#running > 0 && this.#progress.pairs + this.#running >= maxPairs) return;
      if (this.#watch.offMs > 0) return void this.#waitForSlice();
      if (!this.#hasMoney()) return;

      const job = this.#queue.take();
      if (job) void this.#copy(job);
    }
  }

  async #copy(job: MirrorJob): Promise<void> {
    const { clock, onBug, onChange } = this.#ports;
    const started = clock.monotonic();
    this.#running += 1;
    this.#progress.mirrored += 1;
    const limit = timeLimit(clock, COPY_MS, this.#stop.signal);
    try {
      await Promise.race([this.#ask(job, limit.signal), limit.expired]);
    } catch (error) {
      const isExpected = limit.signal.aborted;
      this.#giveUp(job.primary, !isExpected ? 'failed' : this.#reason === null ? 'time-limit' : 'stopped');
      if (!isExpected) onBug(error);
    } finally {
      limit.clear();
      this.#running -= 1;
      this.#copyMs.push(clock.monotonic() - started);
      if (this.#copyMs.length > TIMED_COPIES) this.#copyMs.shift();
    }

    onChange();
    this.#endAtLimit();
    this.#pump();
  }

  async #ask({ primary, recorded }: MirrorJob, signal: AbortSignal): Promise<void> {
    const { upstream, sink } = this.#ports;
    const { to } = this.shadow;
    const { calls, divergence } = await askCandidate({ upstream, target: to, primary, recorded, signal });
    this.#money.add(calls);
    const candidate = calls.at(-1);
    // Given up meanwhile, by whoever stopped waiting.
    if (signal.aborted || !candidate) return;
    if (candidate.ending === 'refused')
      return this.#giveUp(primary, refusalOf(candidate.reply?.headers['x-touchstone-refused']));

    const pair = { primary, candidate, candidateCalls: calls, divergence };
    const isKept = sink.offer(this.route.keep === 'redacted' ? redactedPair(pair) : pair);
    if (!isKept) return this.#drops.add('sink-full');
    this.#progress.pairs += 1;
    if (divergence) this.#progress.diverged += 1;
  }

  #giveUp({ id }: FinishedExchange, reason: DropReason): void {
    this.#drops.add(reason);
    this.#ports.sink.giveUp(id);
  }

  async #waitForSlice(): Promise<void> {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    try {
      // A slice may end earlier: with traffic its end is known only when it comes.
      await this.#ports.clock.sleep(Math.min(SLICE_LOOK_MS, this.#watch.offMs), this.#stop.signal);
    } catch {
      return;
    } finally {
      this.#isWaiting = false;
    }
    this.#pump();
  }

  /** Whether one copy more stays within the budget; ends the shadow where none that is under way can change that. */
  #hasMoney(): boolean {
    const { maxCostUsd } = this.shadow;
    if (maxCostUsd === undefined) return true;

    const typical = this.#money.typicalUsd ?? 0;
    const spent = this.#spentUsd;
    if (spent < maxCostUsd && spent + (this.#running + 1) * typical <= maxCostUsd) return true;
    if (this.#running === 0) this.#endItself(endReasons.money(maxCostUsd));
    return false;
  }

  #endAtLimit(): void {
    const { maxPairs, maxCostUsd, to } = this.shadow;
    if (this.#progress.pairs >= maxPairs) this.#endItself(endReasons.pairs(maxPairs));
    if (maxCostUsd === undefined) return;

    if (this.#spentUsd >= maxCostUsd) this.#endItself(endReasons.money(maxCostUsd));
    const { unpriced } = this.#money.figures;
    if (unpriced > 0 && this.#money.typicalUsd === null && to.kind !== 'agent')
      this.#endItself(endReasons.unpriced(targetText(to), maxCostUsd));
  }

  async #endInTime(): Promise<void> {
    const { clock } = this.#ports;
    const { maxMs } = this.shadow;
    if (maxMs === undefined) return;
    const endMs = this.#progress.startedMs + maxMs;
    // Whoever makes it knows it before it ends.
    await Promise.resolve();
    if (await reached(clock, endMs, this.#stop.signal)) this.#endItself(endReasons.time(maxMs));
  }

  #endItself(reason: string): void {
    if (this.#reason !== null) return;
    this.end(reason);
    this.#ports.onEnd(reason);
  }
}

const SLICE_LOOK_MS = 1_000;

function medianOf(values: readonly number[]): number | null {
  const sample = new Sample();
  for (const value of values) sample.add(value);
  return sample.quantile(0.5);
}
