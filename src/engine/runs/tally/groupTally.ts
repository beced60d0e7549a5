import { boundsOf, isMeasured, measureScores } from '../../model/measurement.ts';
import type { TrialResult } from '../../model/result.ts';
import type { GroupSummary } from '../../model/summary.ts';
import { ClusteredMean } from '../../statistics/clusteredMean.ts';
import { passHatK } from '../../statistics/passHatK.ts';
import { PassRateEstimate } from '../../statistics/passRate.ts';
import { Sample } from '../../statistics/quantiles.ts';

/** Adds up one group of trials, case by case; memory grows by 8 bytes a trial and with named clusters. */
export class GroupTally {
  #trials = 0;
  #cases = 0;
  #passed = 0;
  #failed = 0;
  #errored = 0;
  #flaky = 0;
  #maybeFlaky = 0;
  /** Trials without a complete output of the target's own. */
  #untimed = 0;
  /** Sums over cases of the mean score with its holes filled with 0, and with 1. */
  readonly #scoreSums = { low: 0, high: 0 };
  #inputTokens: number | null = null;
  #outputTokens: number | null = null;
  #cost: number | null = null;
  #unknownCosts = 0;
  readonly #passRate = new PassRateEstimate();
  readonly #score = new ClusteredMean();
  readonly #lowScore = new PassRateEstimate();
  readonly #latency = new Sample();
  /** Sums of pass^k over cases, and how many cases had at least k trials. */
  readonly #passHat: { sum: number; cases: number }[] = [];

  /**
   * All trials of one (target, case). `acrossTargets`: the group holds the case once for each target, so that its
   * results depend on each other; cases must then come in ascending order for each.
   */
  addCase(trials: readonly TrialResult[], acrossTargets = false): void {
    const [first] = trials;
    if (!first) return;

    const cluster = first.cluster ?? (acrossTargets ? first.caseIndex : undefined);
    const passed = trials.filter((trial) => trial.status === 'passed').length;

    this.#cases += 1;
    this.#passRate.add(passed / trials.length, trials.length, cluster);
    this.#addFlaky(trials, passed);
    this.#addScores(trials, cluster);

    for (let k = 1; k <= trials.length; k += 1) {
      this.#passHat[k - 1] ??= { sum: 0, cases: 0 };
      const entry = this.#passHat[k - 1];
      if (entry) {
        entry.sum += passHatK(passed, trials.length, k);
        entry.cases += 1;
      }
    }

    for (const trial of trials) this.#addTrial(trial);
  }

  summary(): GroupSummary {
    const passRate = this.#passRate.estimate();
    const score = this.#score.estimate();

    return {
      trials: this.#trials,
      cases: this.#cases,
      passed: this.#passed,
      failed: this.#failed,
      errored: this.#errored,
      passRate: passRate?.rate ?? null,
      passRateInterval: passRate?.interval ?? null,
      meanScore: score?.mean ?? null,
      scoreBounds: this.#scoreBounds(),
      scoreInterval: this.#lowScore.estimate()?.interval ?? null,
      scoreStandardError: score?.standardError ?? null,
      passHatK: this.#passHat.map(({ sum, cases }) => sum / cases),
      flakyCases: this.#flaky,
      maybeFlakyCases: this.#maybeFlaky,
      inputTokens: this.#inputTokens,
      outputTokens: this.#outputTokens,
      costUsd: this.#cost,
      unknownCosts: this.#unknownCosts,
      latencyMs: this.#latencySummary(),
      p95Bounds: this.#p95Bounds(),
    };
  }

  #addFlaky(trials: readonly TrialResult[], passed: number): void {
    const measured = trials.filter(isMeasured).length;
    if (passed > 0 && passed < measured) this.#flaky += 1;
    else if (measured < trials.length && trials.length > 1) this.#maybeFlaky += 1;
  }

  #addScores(trials: readonly TrialResult[], cluster: string | number | undefined): void {
    const { low, high } = boundsOf(measureScores(trials));
    let sum = 0;
    let count = 0;
    for (const trial of trials) {
      if (!isMeasured(trial) || trial.score === null) continue;
      sum += trial.score;
      count += 1;
    }
    if (count > 0) this.#score.add(sum / count, cluster);
    this.#lowScore.add(low, trials.length, cluster);
    this.#scoreSums.low += low;
    this.#scoreSums.high += high;
  }

  #addTrial({ status, output }: TrialResult): void {
    this.#trials += 1;
    if (status === 'passed') this.#passed += 1;
    if (status === 'failed') this.#failed += 1;
    if (status === 'errored') this.#errored += 1;
    if (output.usage) {
      this.#inputTokens = (this.#inputTokens ?? 0) + output.usage.inputTokens;
      this.#outputTokens = (this.#outputTokens ?? 0) + output.usage.outputTokens;
    }
    if (output.costUsd === null) this.#unknownCosts += 1;
    else this.#cost = (this.#cost ?? 0) + output.costUsd;
    // The time of a call that failed, or of what answered in its place, says nothing about how fast the target answers.
    if (output.status === 'complete' && output.source === undefined) this.#latency.add(output.latencyMs);
    else this.#untimed += 1;
  }

  #scoreBounds(): GroupSummary['scoreBounds'] {
    if (this.#cases === 0) return null;
    const { low, high } = this.#scoreSums;
    return { low: low / this.#cases, high: high / this.#cases };
  }

  /** The untimed trials all before, and all behind, those whose time is known. */
  #p95Bounds(): GroupSummary['p95Bounds'] {
    const { size } = this.#latency;
    if (this.#trials === 0) return null;
    const place = 0.95 * (this.#trials - 1);
    const at = (position: number): number | null =>
      this.#latency.quantile(size > 1 ? Math.max(0, position) / (size - 1) : 0);
    return {
      low: place < this.#untimed ? 0 : (at(place - this.#untimed) ?? 0),
      high: Math.ceil(place) < size ? at(place) : null,
    };
  }

  #latencySummary(): GroupSummary['latencyMs'] {
    const p50 = this.#latency.quantile(0.5);
    const p95 = this.#latency.quantile(0.95);
    const p99 = this.#latency.quantile(0.99);
    return p50 === null || p95 === null || p99 === null ? null : { p50, p95, p99 };
  }
}
