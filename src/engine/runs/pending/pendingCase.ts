import type { LocatedCase } from '../../model/case.ts';
import type { Output } from '../../model/output.ts';
import type { HeldOutput, TrialResult } from '../../model/result.ts';
import { type Called, judgeTrial, type TrialJob } from '../execution/runTrial.ts';
import { rankTargets } from './rankTargets.ts';

interface HeldCaseOptions {
  located: LocatedCase;
  trial: number;
  /** Names of all targets, in the order of the plan. */
  targets: readonly string[];
  /** What was stored before this attempt. */
  stored: { results: readonly TrialResult[]; held: readonly HeldOutput[] };
}

/**
 * One trial of a case at all targets, for evaluators that compare: outputs are gathered, and when the last
 * one is there each is evaluated beside the others. What an earlier attempt stored is not asked again.
 */
export class HeldCase {
  readonly located: LocatedCase;
  readonly trial: number;
  readonly #targets: readonly string[];
  readonly #outputs = new Map<string, Output>();
  /** Results of an earlier attempt. */
  readonly #before: readonly TrialResult[];
  readonly #called = new Map<string, Called>();
  readonly #jobs = new Map<string, TrialJob>();

  constructor({ located, trial, targets, stored }: HeldCaseOptions) {
    this.located = located;
    this.trial = trial;
    this.#targets = targets;
    this.#before = stored.results.filter((result) => result.trial === trial);
    for (const { target, output } of this.#before) this.#outputs.set(target, output);
    for (const { target, trial: of, output, startedAt } of stored.held)
      if (of === trial) this.#called.set(target, { output, startedAt });
  }

  /** What an earlier attempt got from the target. */
  calledBefore(target: string): Called | undefined {
    return this.#called.get(target);
  }

  /** Takes what a target returned; the job is kept for its evaluation. */
  deposit(job: TrialJob, called: Called): void {
    this.#jobs.set(job.target.name, job);
    this.#called.set(job.target.name, called);
    this.#outputs.set(job.target.name, called.output);
  }

  get isComplete(): boolean {
    return this.#targets.every((target) => this.#outputs.has(target));
  }

  /**
   * Evaluates what was deposited, one target after the other, so that the first one pays what they share; then ranks
   * them where an evaluator does.
   */
  async judge(): Promise<TrialResult[]> {
    const results: TrialResult[] = [];
    for (const target of this.#targets) {
      const job = this.#jobs.get(target);
      const called = this.#called.get(target);
      if (job && called) results.push(await judgeTrial(job, called, this.#others(target)));
    }
    const [first] = this.#jobs.values();
    return first ? rankTargets(results, this.#before, first.evaluators) : results;
  }

  /** The jobs whose outputs were deposited and not evaluated. */
  *jobs(): IterableIterator<TrialJob> {
    yield* this.#jobs.values();
  }

  #others(own: string) {
    return this.#targets.flatMap((target) => {
      const output = this.#outputs.get(target);
      return target !== own && output?.status === 'complete' ? [{ target, output }] : [];
    });
  }
}
