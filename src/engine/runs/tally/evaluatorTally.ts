import type { Evaluation } from '../../model/evaluation.ts';
import { STAGES } from '../../model/evaluation.ts';
import type { TrialResult } from '../../model/result.ts';
import type { CascadeSummary, EvaluatorSummary, StageSummary } from '../../model/summary.ts';
import type { ClusterSum } from '../../statistics/bootstrap.ts';
import { boundedShareInterval } from '../../statistics/boundedMean.ts';
import { JudgeTally } from './judgeTally.ts';

/** Adds up what each evaluator said, where verdicts were settled, and what stopping early saved. */
export class EvaluatorTally {
  readonly #evaluators = new Map<string, EvaluatorSummary & { scoreSum: number }>();
  readonly #stages = new Map<StageSummary['stage'], StageSummary>();
  /** Of each independent case, how many trials were audited (`n`) and in how many of them the judge agreed. */
  readonly #audited = new Map<string, ClusterSum>();
  readonly #judges = new JudgeTally();

  add(trial: TrialResult): void {
    const { settlement } = trial;
    const stage = this.#stage(settlement.stage);
    stage.settled += 1;
    if (settlement.early) stage.early += 1;
    if (settlement.audited) this.#audit(trial, settlement.audited.agrees);
    for (const evaluation of trial.evaluations) this.#addEvaluation(evaluation);
    for (const skipped of settlement.skipped) {
      this.#evaluator(skipped.name, skipped.name, skipped.stage).leftOut += 1;
      if (skipped.stage === 'judge') this.#judges.leaveOut(skipped.name);
    }
  }

  evaluators(): EvaluatorSummary[] {
    return [...this.#evaluators.values()].map(({ scoreSum, ...summary }) => ({
      ...summary,
      meanScore: summary.scored === 0 ? null : scoreSum / summary.scored,
    }));
  }

  stages(): StageSummary[] {
    return [...STAGES, 'none' as const].flatMap((stage) => this.#stages.get(stage) ?? []);
  }

  cascade(): CascadeSummary {
    const cases = [...this.#audited.values()];
    return {
      ...this.#judges.summary(),
      audited: {
        trials: cases.reduce((sum, { n }) => sum + n, 0),
        agreed: cases.reduce((total, { sum }) => total + sum, 0),
        interval: cases.length === 0 ? null : boundedShareInterval(cases),
      },
    };
  }

  #audit({ cluster, caseId }: TrialResult, agrees: boolean): void {
    const key = cluster === undefined ? `case ${caseId}` : `cluster ${cluster}`;
    const { sum, n } = this.#audited.get(key) ?? { sum: 0, n: 0 };
    this.#audited.set(key, { sum: sum + Number(agrees), n: n + 1 });
  }

  #addEvaluation(evaluation: Evaluation): void {
    const summary = this.#evaluator(evaluation.name, evaluation.type, evaluation.stage);
    summary.type = evaluation.type;

    switch (evaluation.status) {
      case 'scored':
        summary.scored += 1;
        summary.scoreSum += evaluation.score;
        if (evaluation.pass) summary.passed += 1;
        break;
      case 'error':
        summary.errors += 1;
        break;
      case 'skipped':
        summary.notApplicable += 1;
        return;
    }

    if (evaluation.stage === 'judge') this.#judges.add(evaluation);
  }

  #evaluator(name: string, type: string, stage: Evaluation['stage']) {
    let found = this.#evaluators.get(name);
    if (!found) {
      found = {
        name,
        type,
        stage,
        scored: 0,
        passed: 0,
        errors: 0,
        notApplicable: 0,
        leftOut: 0,
        meanScore: null,
        scoreSum: 0,
      };

      this.#evaluators.set(name, found);
    }

    return found;
  }

  #stage(stage: StageSummary['stage']): StageSummary {
    let found = this.#stages.get(stage);
    if (!found) {
      found = { stage, settled: 0, early: 0 };
      this.#stages.set(stage, found);
    }
    return found;
  }
}
