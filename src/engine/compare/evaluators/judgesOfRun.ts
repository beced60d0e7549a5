import { defined } from '../../model/defined.ts';
import type { JudgeHealth } from '../../model/evaluatorStudy.ts';
import type { GatePolicy } from '../../model/gatePolicy.ts';
import type { TrialResult } from '../../model/result.ts';
import type { RunRecord } from '../../model/run.ts';
import type { RunSummary } from '../../model/summary.ts';
import type { RunStore } from '../../store/runStore.ts';
import { judgeHealth } from './judgeHealth.ts';
import { type LabelOf, labelsOfRun } from './labels.ts';

export interface JudgesOptions {
  /** The run whose outputs were judged once more; that of which this run judges the outputs, where absent. */
  again?: string;
  /** Labels as the dataset had them when the run was made, where absent. */
  labelOf?: LabelOf;
}

/**
 * What is known of the judges that count in a stored run. Judges that weigh nothing are only looked at beside the
 * others.
 */
export function judgesOfRun(
  store: RunStore,
  run: RunRecord,
  results: Iterable<TrialResult>,
  { again, labelOf = labelsOfRun(store, run.id) }: JudgesOptions = {},
): JudgeHealth[] {
  const judged = judgedOnly(results);
  const names = new Set(judged.flatMap(({ evaluations }) => evaluations.map(({ name }) => name)));
  if (names.size === 0) return [];
  const other = again ?? sourceOf(store, run);
  const once = other === undefined ? undefined : judgedOnly(store.results(other));
  return [...names].map((judge) => judgeHealth(judged, { judge, labelOf, ...defined({ again: once }) }));
}

/** What a gate has to know of the judges. Results are read only where a judge ran and the policy asks. */
export function judgesForGate(
  store: RunStore,
  run: RunRecord,
  policy: GatePolicy | null,
  { evaluators }: RunSummary,
  results: () => Iterable<TrialResult>,
): JudgeHealth[] {
  if (!policy || policy.judgeHealth === 'ignore') return [];
  const ran = evaluators.some(({ stage, scored, errors }) => stage === 'judge' && scored + errors > 0);
  return ran ? judgesOfRun(store, run, results()) : [];
}

/** Results with the evaluations of judges alone: steps, traces and the rest of a long run need not be held. */
function judgedOnly(results: Iterable<TrialResult>): TrialResult[] {
  const kept: TrialResult[] = [];
  for (const result of results) {
    const evaluations = result.evaluations.filter(({ stage, weight }) => stage === 'judge' && weight > 0);
    if (evaluations.length > 0)
      kept.push({ ...result, evaluations, output: { ...result.output, steps: [], toolCalls: [] } });
  }
  return kept;
}

/** The run of which this one judged the outputs with the same evaluators; undefined where there is none. */
function sourceOf(store: RunStore, { plan }: RunRecord): string | undefined {
  const source = plan.origin?.rejudge;
  const found = source === undefined ? undefined : store.lookUp(source);
  return found?.plan.evaluatorsHash === plan.evaluatorsHash ? source : undefined;
}
