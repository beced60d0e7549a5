import type { TrialResult } from '../../model/result.ts';
import type { Clock } from '../../ports.ts';
import type { Called } from '../../runs/tickets/ticket.ts';
import { TrialRejected } from '../../runs/tickets/trialRejected.ts';
import type { PairCase } from './pairCase.ts';
import type { PairEvaluators } from './pairEvaluators.ts';
import type { PairTargets } from './pendingPair.ts';

export interface PairJudgingOptions {
  evaluators: PairEvaluators;
  targets: PairTargets;
  clock: Clock;
  runId(): string;
  /** With the results of both sides. */
  onJudged(pair: PairCase, results: TrialResult[]): void;
  /** It cannot be judged. */
  onLost(pair: PairCase): void;
  /** A judge may not be asked now, and is tried again later. */
  onRefused(message: string): void;
  onBug(error: unknown): void;
}

/** Pairs that are judged at once. */
const AT_ONCE = 2;
/** After which a judge that may not be asked now is tried again, in milliseconds. */
const RETRY_MS = 30_000;

interface Waiting {
  pair: PairCase;
  /** What judges of a side have answered before one was refused. */
  judged: Map<string, Called['judged']>;
}

/** Judges pairs, a few at once, in their order. */
export class PairJudging {
  readonly #options: PairJudgingOptions;
  readonly #stop = new AbortController();
  #queue: Waiting[] = [];
  #running = 0;

  constructor(options: PairJudgingOptions) {
    this.#options = options;
  }

  /** Pairs that wait or are judged. */
  get waiting(): number {
    return this.#queue.length + this.#running;
  }

  add(pairs: readonly PairCase[]): void {
    this.#queue.push(...pairs.map((pair) => ({ pair, judged: new Map() })));
    this.#advance();
  }

  /** Nobody hears of what is judged any more. */
  stop(): void {
    this.#stop.abort(new Error('the comparison takes no more pairs'));
    this.#queue = [];
  }

  #advance(): void {
    while (!this.#stop.signal.aborted && this.#running < AT_ONCE) {
      const next = this.#queue.shift();
      if (!next) return;
      this.#running += 1;
      void this.#judge(next);
    }
  }

  /** Never rejects. */
  async #judge(waiting: Waiting): Promise<void> {
    const { onJudged, onLost, onBug } = this.#options;
    // Between two of them, requests of clients have their turn.
    await new Promise<void>((resolve) => setImmediate(resolve));
    try {
      const results = [
        await this.#judgeSide(waiting, 'baseline'),
        await this.#judgeSide(waiting, 'candidate'),
      ];
      this.#running -= 1;
      if (!this.#stop.signal.aborted) onJudged(waiting.pair, results);
    } catch (error) {
      if (error instanceof TrialRejected) await this.#retryLater(waiting, error);
      this.#running -= 1;
      if (!this.#stop.signal.aborted && !(error instanceof TrialRejected)) {
        onBug(error);
        onLost(waiting.pair);
      }
    }
    this.#advance();
  }

  async #judgeSide({ pair, judged }: Waiting, side: 'baseline' | 'candidate'): Promise<TrialResult> {
    const { evaluators, targets, runId } = this.#options;
    const rival = side === 'baseline' ? 'candidate' : 'baseline';
    const target = targets[side];
    const known = judged.get(target);
    try {
      return await evaluators.judge(
        {
          ...{ runId: runId(), located: pair.located, target, answer: pair[side] },
          ...(known === undefined ? {} : { judged: known }),
          other: { target: targets[rival], answer: pair[rival] },
        },
        this.#stop.signal,
      );
    } catch (error) {
      if (error instanceof TrialRejected) judged.set(target, error.called?.judged);
      throw error;
    }
  }

  /** It keeps its place, and so does every pair behind it: the order of requests decides, not what judges may do when. */
  async #retryLater(waiting: Waiting, { rejection }: TrialRejected): Promise<void> {
    const { signal } = this.#stop;
    if (signal.aborted) return;
    this.#options.onRefused(rejection.message);
    await this.#options.clock.sleep(RETRY_MS, signal).catch(() => {});
    if (!signal.aborted) this.#queue.unshift(waiting);
  }
}
