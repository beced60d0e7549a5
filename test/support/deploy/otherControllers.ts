import { parseAllDocuments } from 'yaml';

/** What a gate says at a look, or that it cannot be asked. */
export type Said = 1 | 0 | -1 | 'unreachable';

/** What an exported document holds, as far as the controllers read it. */
// biome-ignore lint/suspicious/noExplicitAny: documents of any kind
export type Exportable = any;

export function documentsOf(yaml: string): Exportable[] {
  return parseAllDocuments(yaml).map((document) => document.toJS());
}

type Phase = 'Successful' | 'Failed' | 'Inconclusive' | 'Error';

/**
 * A metric of an Argo AnalysisRun by its documentation: failure wins over success, neither is inconclusive; limits are exceeded, not
 * reached; errors are tried again until too many came in a row; a metric that was stopped early is successful unless a limit says otherwise.
 */
export function argoMetric(metric: Exportable, said: readonly Said[]): Phase {
  let [failed, inconclusive, errors] = [0, 0, 0];
  let measured = 0;
  for (const value of said) {
    if (value === 'unreachable') errors += 1;
    else {
      errors = 0;
      measured += 1;
      if (holds(metric.failureCondition, value)) failed += 1;
      else if (!holds(metric.successCondition, value)) inconclusive += 1;
    }
    if (failed > (metric.failureLimit ?? 0)) return 'Failed';
    if (inconclusive > (metric.inconclusiveLimit ?? 0)) return 'Inconclusive';
    if (errors > (metric.consecutiveErrorLimit ?? 4)) return 'Error';
    if (metric.count !== undefined && measured >= metric.count) break;
  }
  return 'Successful';
}

/** One step of a Rollout: the metric beside it all the time, and the one of the step when its pause is over. */
export function argoStep(
  documents: readonly Exportable[],
  during: readonly Said[],
  atEnd: readonly Said[],
): 'advance' | 'pause' | 'abort' {
  const metric = (name: string) =>
    documents.flatMap(({ spec }) => spec.metrics ?? []).find((one: Exportable) => one.name === name);
  const beside = argoMetric(metric('gate-fails'), during);
  if (beside === 'Failed' || beside === 'Error') return 'abort';
  if (beside === 'Inconclusive') return 'pause';
  const phase = argoMetric(metric('gate'), atEnd);
  return phase === 'Successful' ? 'advance' : phase === 'Inconclusive' ? 'pause' : 'abort';
}

/** One interval of Flagger: a rollback hook with 2xx ends it; without the confirmation nothing moves and nothing is counted. */
export function flaggerTick(
  canary: Exportable,
  statusOf: (path: string) => number,
): 'advance' | 'wait' | 'rollback' {
  const hooks: Exportable[] = canary.spec.analysis.webhooks;
  const isOk = (type: string) =>
    hooks.filter((hook) => hook.type === type).map((hook) => statusOf(new URL(hook.url).pathname) <= 202);
  if (isOk('rollback').some(Boolean)) return 'rollback';
  return isOk('confirm-traffic-increase').every(Boolean) ? 'advance' : 'wait';
}

/** Conditions compare `result` with a number, or with limits of a list of values. */
function holds(condition: string | undefined, result: number): boolean {
  const [, operator, limit] = /^result (==|>=) (-?\d+)$/.exec(condition ?? '') ?? [];
  if (operator === undefined) throw new Error(`a condition of another form: ${condition}`);
  return operator === '==' ? result === Number(limit) : result >= Number(limit);
}
