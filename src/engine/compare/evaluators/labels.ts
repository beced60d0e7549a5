import { labelsOf, type OutputLabel, outputName } from '../../datasets/edit/outputLabels.ts';
import type { GoldenCase } from '../../model/case.ts';
import type { TrialResult } from '../../model/result.ts';
import type { RunStore } from '../../store/runStore.ts';

/** A person's verdict on an output; undefined where there is none. */
export type LabelOf = (result: TrialResult) => boolean | undefined;

/** Labels as the dataset had them when a stored run was made. */
export function labelsOfRun(store: RunStore, runId: string): LabelOf {
  const known = new Map<number, ReadonlyMap<string, OutputLabel>>();
  return ({ caseIndex, output }) => {
    let labels = known.get(caseIndex);
    if (!labels) {
      labels = labelsOf(store.caseAt(runId, caseIndex)?.case);
      known.set(caseIndex, labels);
    }
    return labels.size === 0 ? undefined : labels.get(outputName(output.text))?.pass;
  };
}

/** Labels of cases as they are now, e.g. those of the dataset in the workspace. */
export function labelsOfCases(cases: Iterable<GoldenCase>): LabelOf {
  const known = new Map<string, ReadonlyMap<string, OutputLabel>>();
  for (const entry of cases) {
    const labels = labelsOf(entry);
    if (labels.size > 0) known.set(entry.id, labels);
  }
  return ({ caseId, output }) => known.get(caseId)?.get(outputName(output.text))?.pass;
}
