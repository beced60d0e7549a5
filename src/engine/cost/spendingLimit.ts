import type { TrialResult } from '../model/result.ts';
import { whyCostUnknown } from '../model/unknownCost.ts';
import type { Spent } from './spent.ts';

/** How much may be spent, in US dollars; an absent limit does not limit. */
export interface SpendingLimits {
  /** By this run, over all its attempts. */
  perRun?: number;
  /** By all runs of the workspace on one day (UTC). */
  perDay?: number;
}

/**
 * Holds a run to its spending limits. Before a limit would be passed it asks for an end: no new trial is
 * begun, those under way are finished and stored, and the run can go on later. What is under way is reckoned
 * at the cost of the dearest trial so far, at first of the suite's last run; so only a trial that is dearer
 * than all before it, or the first trials of a new suite, can go beyond a limit. A completed trial whose cost is
 * unknown ends the run too: a limit that cannot be measured is not kept.
 */
export class SpendingLimit {
  readonly #limits: SpendingLimits;
  readonly #judgesOnly: boolean;
  readonly #stop = new AbortController();
  #run: number;
  #day: number;
  #dearest: number;
  #underWay = 0;

  /**
   * `spent`: what this run and this day have cost already. `judgesOnly`: outputs were paid for in another
   * run.
   */
  constructor(limits: SpendingLimits, spent: Spent, options: { judgesOnly?: boolean } = {}) {
    this.#limits = limits;
    this.#judgesOnly = options.judgesOnly === true;
    this.#run = spent.run;
    this.#day = spent.day;
    this.#dearest = spent.dearest;
    this.#check();
  }

  /** Aborted when no new trial may begin. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Why, in plain words; undefined while the run may go on. */
  get reason(): string | undefined {
    return this.#stop.signal.aborted ? String(this.#stop.signal.reason) : undefined;
  }

  /** A trial begins. */
  begin(): void {
    this.#underWay += 1;
    this.#check();
  }

  /** A trial has ended, or was given up when `result` is undefined. */
  end(result: TrialResult | undefined): void {
    this.#underWay = Math.max(0, this.#underWay - 1);
    if (result) this.#add(result);
    this.#check();
  }

  #add(result: TrialResult): void {
    const { output, evaluations } = result;
    const cost = addJudges(this.#judgesOnly ? 0 : output.costUsd, evaluations);
    if (cost === null && output.status === 'complete') {
      this.#end(
        `the cost of ${result.target} is unknown, so the limit cannot be kept: ${whyUnknown(result)}`,
      );
      return;
    }
    // A call that failed may have been billed: it is reckoned like the dearest.
    const reckoned = cost ?? this.#dearest;
    this.#dearest = Math.max(this.#dearest, reckoned);
    this.#run += reckoned;
    this.#day += reckoned;
  }

  #check(): void {
    const next = this.#dearest * (this.#underWay + 1);
    const { perRun, perDay } = this.#limits;
    if (perRun !== undefined) this.#hold(perRun, this.#run, next, RUN);
    if (perDay !== undefined) this.#hold(perDay, this.#day, next, DAY);
  }

  #hold(limit: number, spent: number, next: number, { span, since, remedy }: typeof RUN): void {
    if (spent >= limit)
      this.#end(
        `the limit of ${dollars(limit)} ${span} is reached: ${dollars(spent)} are ${since}; ${remedy}`,
      );
    else if (spent + next > limit + ROUNDING)
      this.#end(`the next trial could pass the limit of ${dollars(limit)} ${span}; ${remedy}`);
  }

  #end(reason: string): void {
    if (!this.#stop.signal.aborted) this.#stop.abort(reason);
  }
}

/** How each limit is spoken of, and what a person can do. */
const RUN = { span: 'for a run', since: 'spent', remedy: 'raise it to go on' };
const DAY = { span: 'for a day', since: 'spent today (UTC)', remedy: 'raise it, or go on tomorrow' };

/** US dollars for an output and its judges; null when a part is unknown. */
function addJudges(outputUsd: number | null, evaluations: TrialResult['evaluations']): number | null {
  let cost = outputUsd;
  for (const evaluation of evaluations) {
    if (cost === null) return null;
    if (evaluation.status === 'skipped' || evaluation.costUsd === undefined) continue;
    cost = evaluation.costUsd === null ? null : cost + evaluation.costUsd;
  }
  return cost;
}

function whyUnknown({ output, evaluations }: TrialResult): string {
  const judge = evaluations.find((one) => one.status !== 'skipped' && one.costUsd === null);
  if (output.costUsd === null || judge === undefined) return whyCostUnknown(output);
  return `set the price of the model of the judge ${judge.name} under providers in touchstone.yaml`;
}

/** Sums of costs are not exact to the last bit. */
const ROUNDING = 1e-9;

function dollars(usd: number): string {
  return `$${usd < 1 ? usd.toFixed(4) : usd.toFixed(2)}`;
}
