import type { Dataset } from '../datasets/dataset.ts';
import { ConfigError } from '../errors.ts';
import type { RunFilter, RunPlan } from '../model/run.ts';
import type { Workspace } from '../suites/loadWorkspace.ts';
import type { SuiteConfig } from '../suites/suiteConfig.ts';
import { suiteHash } from '../suites/suiteHash.ts';
import { caseFilter, isOpen } from './caseFilter.ts';
import type { PlannedTarget } from './runInputs.ts';

interface PlanInputs {
  workspace: Workspace;
  suite: SuiteConfig;
  dataset: Dataset;
  targets: readonly PlannedTarget[];
  readFile(file: string): string;
}

/** What a run of the suite over the dataset does. Throws ConfigError when its filter leaves no case. */
export async function makePlan(
  { workspace, suite, dataset, targets, readFile }: PlanInputs,
  signal: AbortSignal,
): Promise<RunPlan> {
  const { header } = dataset;
  const chosen = isOpen(suite.filter) ? dataset.count : await countChosen(dataset, suite.filter, signal);
  return {
    suite: suite.name,
    configPath: workspace.configPath,
    targets: targets.map(({ target: { name, kind, hash } }) => ({ name, kind, hash })),
    dataset: {
      path: header.path,
      version: header.version,
      schemaVersion: header.schemaVersion,
      contentHash: dataset.contentHash,
      count: dataset.count,
    },
    evaluatorsHash: suiteHash(suite, readFile),
    filter: suite.filter,
    repeat: suite.repeat,
    seed: suite.seed,
    trials: targets.length * chosen * suite.repeat,
    gate: suite.gate ?? null,
  };
}

async function countChosen(dataset: Dataset, filter: RunFilter, signal: AbortSignal): Promise<number> {
  const matches = caseFilter(filter);
  let chosen = 0;
  for await (const batch of dataset.batches({ signal }))
    for (const located of batch) if (matches(located.case)) chosen += 1;
  if (chosen > 0) return chosen;
  throw new ConfigError('no case of the dataset matches the filter', {
    where: { path: dataset.header.path },
    remedy: `Names: ${filter.names.join(', ') || 'any'}; tags: ${filter.tags.join(', ') || 'any'}${idsText(filter)}.`,
  });
}

function idsText({ ids = [] }: RunFilter): string {
  if (ids.length === 0) return '';
  return `; ids: ${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ', …' : ''}`;
}
