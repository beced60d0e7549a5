import type { Dataset } from '../../datasets/dataset.ts';
import { ConfigError } from '../../errors.ts';
import type { RunFilter, RunPlan } from '../../model/run.ts';
import type { SuiteConfig } from '../../suites/config/suiteConfig.ts';
import type { Workspace } from '../../suites/loadWorkspace.ts';
import { suiteHash } from '../../suites/suiteHash.ts';
import { caseFilter, isOpen } from '../caseFilter.ts';
import { evaluatorCode } from './evaluatorCode.ts';

/** What a run does whatever is tested in it. */
export type JudgingPlan = Pick<
  RunPlan,
  'suite' | 'configPath' | 'evaluatorsHash' | 'filter' | 'repeat' | 'seed' | 'gate'
> & { dataset: RunPlan['dataset'] & { chosen: number } };

interface JudgingPlanInputs {
  workspace: Workspace;
  suite: SuiteConfig;
  dataset: Dataset;
  readFile(file: string): string;
}

/** The plan of a suite over a dataset, without targets. Throws ConfigError when its filter leaves no case. */
export async function planJudging(
  { workspace, suite, dataset, readFile }: JudgingPlanInputs,
  signal: AbortSignal,
): Promise<JudgingPlan> {
  const { header, contentHash, count } = dataset;
  const { path, version, schemaVersion } = header;
  const chosen = isOpen(suite.filter) ? count : await countChosen(dataset, suite.filter, signal);
  const code = await evaluatorCode(suite, dataset, workspace.root, signal);
  return {
    suite: suite.name,
    configPath: workspace.configPath,
    dataset: { path, version, schemaVersion, contentHash, count, chosen },
    evaluatorsHash: suiteHash(suite, readFile, code),
    filter: suite.filter,
    repeat: suite.repeat,
    seed: suite.seed,
    gate: suite.gate ?? null,
  };
}

/** As many tags are named where none of those asked for is there. */
const MAX_TAGS = 12;

async function countChosen(dataset: Dataset, filter: RunFilter, signal: AbortSignal): Promise<number> {
  const matches = caseFilter(filter);
  const tags = new Set<string>();
  let chosen = 0;
  for await (const batch of dataset.batches({ signal }))
    for (const located of batch) {
      if (matches(located.case)) chosen += 1;
      if (chosen === 0) for (const tag of located.case.tags ?? []) tags.add(tag);
    }
  if (chosen > 0) return chosen;
  throw new ConfigError(`no case of the dataset matches the filter (${filterText(filter)})`, {
    where: { path: dataset.header.path },
    remedy: filter.tags.length > 0 ? tagsText(tags) : 'List the cases with: touchstone list',
  });
}

function filterText({ names, tags, ids = [] }: RunFilter): string {
  return [listed('names', names), listed('tags', tags), listed('ids', ids)].filter(Boolean).join('; ');
}

function tagsText(tags: ReadonlySet<string>): string {
  return tags.size === 0
    ? 'None of its cases has a tag.'
    : `It has ${listed('the tags', [...tags].sort(), MAX_TAGS)}.`;
}

function listed(what: string, items: readonly string[], most = 5): string {
  if (items.length === 0) return '';
  return `${what} ${items.slice(0, most).join(', ')}${items.length > most ? ', …' : ''}`;
}
