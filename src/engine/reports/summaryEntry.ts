import { type AnswerSources, sourceNotes } from '../model/answerSources.ts';
import type { GroupSummary, RunSummary } from '../model/summary.ts';

/** A run's figures as reports write them; described by media/schemas/report-1.schema.json. */
export function summaryEntry(summary: RunSummary) {
  const { cascade } = summary;
  return {
    total: groupEntry(summary.total),
    targets: summary.targets.map((entry) => ({
      target: entry.target,
      ...groupEntry(entry.summary),
      tags: entry.tags.map(({ tag, summary: group }) => ({ tag, ...groupEntry(group) })),
    })),
    tags: summary.tags.map(({ tag, summary: group }) => ({ tag, ...groupEntry(group) })),
    stages: summary.stages,
    evaluators: summary.evaluators.map((entry) => ({
      name: entry.name,
      type: entry.type,
      stage: entry.stage,
      scored: entry.scored,
      passed: entry.passed,
      errors: entry.errors,
      not_applicable: entry.notApplicable,
      left_out: entry.leftOut,
      mean_score: entry.meanScore,
    })),
    cascade: {
      judge_calls: cascade.judgeCalls,
      judge_calls_saved: cascade.judgeCallsSaved,
      judge_cost_usd: cascade.judgeCostUsd,
      saved_cost_usd: cascade.savedCostUsd,
      saved_ms: cascade.savedMs,
      ...(cascade.audited.trials === 0 ? {} : { audited: auditEntry(cascade.audited) }),
    },
    ...(summary.sources ? { sources: sourcesEntry(summary.sources, summary.total.trials) } : {}),
    missing: summary.missing,
  };
}

/** With the same in words. */
function sourcesEntry(sources: AnswerSources, trials: number) {
  const { fallbacks, scored, cached, retried, judgeFallbacks, judgesCached } = sources;
  return {
    fallbacks,
    scored,
    cached,
    retried,
    judge_fallbacks: judgeFallbacks,
    judges_cached: judgesCached,
    notes: sourceNotes(sources, trials),
  };
}

function auditEntry({ trials, agreed }: RunSummary['cascade']['audited']) {
  return { trials, agreed };
}

function groupEntry(group: GroupSummary) {
  return {
    trials: group.trials,
    cases: group.cases,
    passed: group.passed,
    failed: group.failed,
    errored: group.errored,
    pass_rate: group.passRate,
    pass_rate_interval: group.passRateInterval,
    mean_score: group.meanScore,
    score_standard_error: group.scoreStandardError,
    pass_hat_k: group.passHatK,
    flaky_cases: group.flakyCases,
    input_tokens: group.inputTokens,
    output_tokens: group.outputTokens,
    cost_usd: group.costUsd,
    unknown_costs: group.unknownCosts,
    latency_ms: group.latencyMs,
  };
}
