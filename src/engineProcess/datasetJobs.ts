import { join } from 'node:path';
import { openDataset } from '../engine/datasets/dataset.ts';
import { datasetDrift } from '../engine/datasets/diff/drift.ts';
import { expectAnswer } from '../engine/datasets/edit/expectAnswer.ts';
import { intendChange } from '../engine/datasets/edit/intendChange.ts';
import { labelOutput, labelsOf, type OutputLabel } from '../engine/datasets/edit/outputLabels.ts';
import { appendCases } from '../engine/datasets/import/appendCases.ts';
import { upgradeDataset } from '../engine/datasets/migrations/upgrade.ts';
import { checkFile } from '../engine/language/checkFile.ts';
import { datasetFixes } from '../engine/language/fixes/datasetFixes.ts';
import type { Selection } from '../engine/language/fixes/fix.ts';
import { LanguageFile, type LanguageSource } from '../engine/language/languageFile.ts';
import type { GoldenCase } from '../engine/model/case.ts';
import { fixedEnvironment } from '../engine/ports.ts';
import { describeDataset } from '../engine/suites/discovery/listWorkspace.ts';
import type { SuiteCase } from '../protocol/workspaceCalls.ts';
import { suiteCase } from './suiteCase.ts';
import { textEdits } from './textEdits.ts';

/** A dataset as it stands in an editor. `path` is relative to the workspace. */
export interface DatasetText {
  path: string;
  text: string;
}

/** A dataset on the disk; `path` is relative to the root. */
interface InFolder {
  root: string;
  path: string;
}

/** What views show of one case. */
export interface CaseSummary extends SuiteCase {
  /** What people said of its outputs, by the name of the output. */
  labels: { [output: string]: OutputLabel };
}

const never = new AbortController().signal;

/**
 * Work on one dataset, which takes seconds where the dataset is large. Parameters and results are plain data, so
 * that each job can be done in a thread of its own (`datasetThread.ts`).
 */
export const datasetJobs = {
  /** Problems of a dataset; they do not depend on the environment. */
  check: async (source: LanguageSource) =>
    checkFile(new LanguageFile(source), { environment: fixedEnvironment({}), signal: never }),

  fixes: async ({ source, ...where }: { source: LanguageSource; selection: Selection; git: boolean }) =>
    datasetFixes(new LanguageFile(source), where.selection, { git: where.git, signal: never }),

  cases: async ({ file, root }: { file: string; root: string }) => {
    const dataset = await openDataset(file, { root, signal: never });
    const cases: CaseSummary[] = [];
    for await (const batch of dataset.batches({ signal: never })) {
      cases.push(
        ...batch.map((one) => ({ ...suiteCase(one), labels: Object.fromEntries(labelsOf(one.case)) })),
      );
    }
    return { path: dataset.header.path, cases };
  },

  describe: async ({ root, path }: InFolder) => describeDataset({ root }, path, never),

  /** Runs git. */
  drift: async ({ root, path }: InFolder) => datasetDrift(join(root, path), path, never),

  upgrade: async (source: DatasetText) => {
    const { text, ...upgrade } = await upgradeDataset(source);
    return { ...upgrade, edits: textEdits(source.text, text) };
  },

  expect: async ({ caseId, answer, ...source }: DatasetText & { caseId: string; answer: string }) =>
    editsOf(source, await expectAnswer(source, caseId, answer)),

  label: async ({ caseId, output, label, ...source }: DatasetText & Labelling) =>
    editsOf(source, await labelOutput(source, caseId, output, label)),

  intend: async ({ caseId, reason, ...source }: DatasetText & { caseId: string; reason: string }) =>
    editsOf(source, await intendChange(source, caseId, reason)),

  append: async ({ cases, ...source }: DatasetText & { cases: readonly GoldenCase[] }) => {
    const { text, added, same, different } = await appendCases(source, cases);
    return { added, same, different, edits: textEdits(source.text, text) };
  },
};

interface Labelling {
  caseId: string;
  output: string;
  label: OutputLabel | null;
}

function editsOf(source: DatasetText, { text }: { text: string }) {
  return { edits: textEdits(source.text, text) };
}
