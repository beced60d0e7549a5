import type { AlertRule } from '../../model/alertRule.ts';
import type { LiveEvaluation } from '../../model/liveEvaluation.ts';
import { type AlertGroup, type Moment, newGroup, stepped } from './alertGroup.ts';
import type { AlertEffect } from './alertStates.ts';
import { isMet } from './judge.ts';

/** A score that was measured, with what it is about. */
export interface ScoredTrace {
  traceId: string;
  score: number;
  atMs: number;
  labels: { [dimension in AlertRule['by'] & string]?: string | null };
}

/** Undefined where nothing could be measured: that is no score, and never a good one. */
export function scoredTrace(evaluation: LiveEvaluation): ScoredTrace | undefined {
  const { traceId, score, atMs, evaluator, labels } = evaluation;
  if (score === null || !Number.isFinite(score)) return undefined;
  const { service, model, release } = labels;
  return { traceId, score, atMs, labels: { service, model, release, evaluator } };
}

/** Whether a score is about what a rule is about. */
export function concerns(rule: Pick<AlertRule, 'of'>, { labels }: Pick<ScoredTrace, 'labels'>): boolean {
  return Object.entries(rule.of).every(
    ([dimension, value]) => labels[dimension as keyof typeof labels] === value,
  );
}

/**
 * A group of a rule about single scores. One score that meets the condition fires; it counts for `over` of watched time. The alert
 * is over when none has met it for so long and another one was measured; without any score for so long, there is no data.
 */
export function eachStep(
  rule: AlertRule,
  group: AlertGroup,
  scores: readonly ScoredTrace[],
  moment: Moment,
): { group: AlertGroup; effect: AlertEffect } {
  const bad = scores.filter(({ score }) => isMet(rule, score));
  const quietMs = bad.length > 0 ? 0 : group.heldMs + moment.watchedMs;
  const idleMs = scores.length > 0 ? 0 : group.idleMs + moment.watchedMs;
  const worst = worstOf(rule, bad)?.score;
  const samples = scores.length;
  const next = (event: 'breach' | 'between' | 'fine' | 'no-data', value: number | null) => {
    const step = stepped(rule, group, event, { ...moment, value, samples });
    return { group: { ...step.group, heldMs: quietMs, idleMs }, effect: step.effect };
  };

  if (worst !== undefined) return next('breach', worst);
  if (scores.length > 0) {
    const isOver = quietMs >= rule.overMs || group.state === 'no-data' || group.state === 'inactive';
    const last = scores.at(-1)?.score ?? null;
    return next(isOver ? 'fine' : 'between', isOver ? last : group.value);
  }
  if (idleMs >= rule.overMs) return next('no-data', group.value);
  return { group: { ...group, heldMs: quietMs, idleMs, atMs: moment.nowMs }, effect: null };
}

/** The scores of each group of a rule, by its label; those that are not about it are left out. */
export function byGroup(
  rule: AlertRule,
  scores: readonly ScoredTrace[],
): ReadonlyMap<string | null, ScoredTrace[]> {
  const ours = scores.filter((one) => concerns(rule, one));
  return Map.groupBy(ours, ({ labels }) => (rule.by === null ? null : (labels[rule.by] ?? null)));
}

/** A group that nothing was known of counts scores from now on. */
export function newEachGroup(rule: AlertRule, label: string | null, nowMs: number): AlertGroup {
  return { ...newGroup(rule.name, label, nowMs), heldMs: rule.overMs };
}

function worstOf(rule: AlertRule, scores: readonly ScoredTrace[]): ScoredTrace | undefined {
  return worstFirst(rule, scores)[0];
}

/** The most to blame first: the lowest where low is bad. */
export function worstFirst(rule: AlertRule, scores: readonly ScoredTrace[]): ScoredTrace[] {
  const up = rule.condition.operator.startsWith('>');
  return [...scores].sort((a, b) => (up ? b.score - a.score : a.score - b.score));
}
