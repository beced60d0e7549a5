import type { LiveEvaluation } from '../../../model/liveEvaluation.ts';
import { labelOf } from '../../../model/liveEvaluation.ts';
import type { TrialResult } from '../../../model/result.ts';
import type { MeasuredRun } from '../runQuality.ts';
import type { Exposition } from './exposition.ts';
import { LabelSets } from './labelSets.ts';

const SCORES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

/** Scores and verdicts of live spans and of runs, since the process began. */
export class QualityMetrics {
  readonly #live;
  readonly #liveScore;
  readonly #runs;
  readonly #trials;
  readonly #runScore;
  readonly #tokens;
  readonly #cost;
  readonly #monitors = new LabelSets();
  readonly #suites = new LabelSets();
  readonly #evaluators = new LabelSets();

  constructor(exposition: Exposition) {
    const counter = (name: string, help: string, labels: readonly string[]) =>
      exposition.counter({ name: `touchstone_${name}_total`, help, labels });
    const score = (name: string, help: string, labels: readonly string[]) =>
      exposition.histogram({ name: `touchstone_${name}`, help, labels, buckets: SCORES });

    this.#live = counter('evaluations', 'Evaluations of live spans.', ['monitor', 'evaluator', 'result']);
    this.#liveScore = score('evaluation_score', 'Scores of live spans.', ['monitor', 'evaluator']);
    this.#runs = counter('runs', 'Complete runs.', ['suite', 'verdict']);
    this.#trials = counter('trials', 'Trials of cases in complete runs.', ['suite', 'status']);
    this.#runScore = score('run_score', 'Scores in complete runs.', ['suite', 'evaluator']);
    this.#tokens = counter('run_tokens', 'Tokens of targets in complete runs.', ['suite', 'type']);
    this.#cost = counter('run_cost_usd', 'Cost of targets in complete runs, where it is known.', ['suite']);
  }

  evaluated(evaluations: readonly LiveEvaluation[]): void {
    for (const { monitor, evaluator, passed, score, traceId, spanId } of evaluations) {
      const labels = this.#monitors.of({ monitor, evaluator });
      this.#live.inc({ ...labels, result: labelOf({ passed }) });
      if (score === null || !(score >= 0 && score <= 1)) continue;
      this.#liveScore.observe({ labels, value: score, exemplarLabels: exemplarOf(traceId, spanId) });
    }
  }

  ran({ run, passed, results }: MeasuredRun): void {
    const { suite } = run.plan;
    const labels = this.#suites.of({ suite });
    this.#runs.inc({ ...labels, verdict: passed === null ? 'unknown' : passed ? 'passed' : 'failed' });
    for (const result of results) this.#tried(suite, labels, result);
  }

  #tried(
    suite: string,
    labels: { readonly [name: string]: string },
    { status, output, evaluations, traceId }: TrialResult,
  ): void {
    this.#trials.inc({ ...labels, status });
    for (const [type, count] of [
      ['input', output.usage?.inputTokens],
      ['output', output.usage?.outputTokens],
    ] as const)
      if (count !== undefined && count >= 0) this.#tokens.inc({ ...labels, type }, count);
    if (output.costUsd !== null && output.costUsd >= 0) this.#cost.inc(labels, output.costUsd);

    for (const evaluation of evaluations) {
      if (evaluation.status !== 'scored') continue;
      const own = this.#evaluators.of({ suite, evaluator: evaluation.name });
      this.#runScore.observe({
        ...{ labels: own, value: evaluation.score, exemplarLabels: exemplarOf(traceId) },
      });
    }
  }
}

function exemplarOf(traceId: string, spanId?: string): { [name: string]: string } {
  if (!/^[0-9a-f]{32}$/.test(traceId)) return {};
  return spanId !== undefined && /^[0-9a-f]{16}$/.test(spanId)
    ? { trace_id: traceId, span_id: spanId }
    : { trace_id: traceId };
}
