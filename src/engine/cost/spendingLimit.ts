import type { LocatedCase } from '../model/case.ts';
import type { TrialResult } from '../model/result.ts';
import type { RunPlan } from '../model/run.ts';
import { whyCostUnknown } from '../model/unknownCost.ts';
import type { Clock } from '../ports.ts';
import type { Lease } from '../store/lease.ts';
import type { SpendingLedger, TrialKey } from '../store/tables/spendingLedger.ts';
import { decideCall, type SpendingLimits } from './spendingDecision.ts';

/** US dollars that a trial may cost at most, by what bounds it; null where nothing does. */
export type MostOfTrial = (target: string, located: LocatedCase, judgesOnly: boolean) => number | null;

interface SpendingLimitOptions {
  limits: SpendingLimits;
  plan: RunPlan;
  ledger: SpendingLedger;
  clock: Clock;
  /** The dearest trial of this run, or of the last one of its suite; 0 where there is none. */
  dearestUsd: number;
  mostOfTrial: MostOfTrial;
}

interface Wanted {
  target: string;
  located: LocatedCase;
  trial: number;
  paid: boolean;
}

/** Another process may settle its calls meanwhile; in milliseconds. */
const LOOK_AGAIN_MS = 250;

/**
 * Holds a run to its spending limits, together with whatever else is spent in the workspace. Each trial reserves what it
 * may cost at most before it begins (spendingDecision.ts); it waits while calls under way may leave it enough, and asks
 * for the end of the run where they cannot: those under way are then finished and stored, and the run can go on later.
 * A completed trial whose cost is unknown ends the run too: a limit that cannot be measured is not kept.
 */
export class SpendingLimit {
  readonly #options: SpendingLimitOptions;
  readonly #targets: Map<string, number>;
  readonly #judgesOnly: boolean;
  readonly #stop = new AbortController();
  #lease: Lease | undefined;
  #dearest: number;
  #changed = Promise.withResolvers<void>();

  constructor(options: SpendingLimitOptions) {
    this.#options = options;
    this.#targets = new Map(options.plan.targets.map(({ name }, index) => [name, index]));
    this.#judgesOnly = options.plan.origin?.rejudge !== undefined;
    this.#dearest = options.dearestUsd;
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  get reason(): string | undefined {
    return this.#stop.signal.aborted ? String(this.#stop.signal.reason) : undefined;
  }

  open(lease: Lease): void {
    this.#lease = lease;
  }

  async admit(wanted: Wanted, signal: AbortSignal): Promise<boolean> {
    const { target, located, paid } = wanted;
    const bound = this.#options.mostOfTrial(target, located, this.#judgesOnly || paid);
    while (!this.#stop.signal.aborted) {
      signal.throwIfAborted();
      const decision = this.#reserve(wanted, this.#mostUsd(bound));
      if (decision.granted) return true;
      if (decision.wait) await this.#change(signal);
      else this.#stop.abort(decision.reason);
    }
    return false;
  }

  stored(results: readonly TrialResult[]): void {
    for (const result of results) this.#look(result);
    this.#wake();
  }

  giveUp(wanted: Wanted): void {
    if (this.#lease) this.#options.ledger.giveUp(this.#lease, this.#keyOf(wanted));
    this.#wake();
  }

  release(wanted: Wanted): void {
    if (this.#lease) this.#options.ledger.release(this.#lease, this.#keyOf(wanted));
    this.#wake();
  }

  #reserve(wanted: Wanted, most: number | null) {
    if (!this.#lease) throw new Error('the run was not begun');
    const { ledger, clock, limits } = this.#options;
    const next = { mostUsd: most, likelyUsd: this.#dearest };
    // A call that nothing bounds runs alone, and then counts with what is likely.
    const amount = { mostUsd: most ?? this.#dearest, likelyUsd: this.#dearest, paid: wanted.paid };
    return ledger.reserve(this.#lease, this.#keyOf(wanted), amount, clock.now(), (reckonings) =>
      decideCall(limits, reckonings, next),
    );
  }

  /** What is known of it, but never less than the dearest so far; null for the first call that nothing bounds. */
  #mostUsd(bound: number | null): number | null {
    // What calls nobody costs nothing.
    if (bound === 0) return 0;
    if (bound !== null) return Math.max(bound, this.#dearest);
    return this.#dearest > 0 ? this.#dearest : null;
  }

  #keyOf({ target, located, trial }: Wanted): TrialKey {
    const number = this.#targets.get(target);
    if (number === undefined) throw new Error(`the run has no target ${target}`);
    return { target: number, caseIndex: located.index, trial };
  }

  #look(result: TrialResult): void {
    const { output, evaluations } = result;
    const cost = addJudges(this.#judgesOnly ? 0 : output.costUsd, evaluations);
    if (cost !== null) this.#dearest = Math.max(this.#dearest, cost);
    else if (output.status === 'complete')
      this.#stop.abort(
        `the cost of ${result.target} is unknown, so the limit cannot be enforced: ${whyUnknown(result)}`,
      );
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }

  async #change(signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const pause = this.#options.clock.sleep(LOOK_AGAIN_MS, AbortSignal.any([signal, over.signal]));
    try {
      await Promise.race([this.#changed.promise, pause]);
    } finally {
      over.abort('done');
      pause.catch(() => {});
    }
  }
}

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
