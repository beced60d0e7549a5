import { openDataset } from '../../datasets/dataset.ts';
import { UserError } from '../../errors.ts';
import { resolveInside } from '../../files/confine.ts';
import { defined } from '../../model/defined.ts';
import type { SourceLocation } from '../../model/location.ts';
import type { PromptFormat } from '../../model/prompt.ts';
import { detectFormat, nameFromPath } from '../../prompts/detectFormat.ts';
import type { FileReference } from '../config/fileReference.ts';
import type { SuiteConfig } from '../config/suiteConfig.ts';
import type { ForeignFormat } from '../foreignFormat.ts';
import type { Workspace } from '../loadWorkspace.ts';
import { describeTarget } from '../targets/describeTarget.ts';
import type { TargetConfig } from '../targets/targetConfig.ts';
import { discoverWorkspace } from './discoverWorkspace.ts';

/** What a workspace holds, as plain data; paths are relative to the workspace. */
export interface WorkspaceListing {
  suites: {
    name: string;
    description?: string;
    datasets: string[];
    /** Where the suite is written, and each of its targets. */
    location: SourceLocation;
    targets: ListedTarget[];
    evaluators: string[];
    repeat: number;
    hasGate: boolean;
  }[];
  /** Sorted; those of suites and those that were found. */
  datasets: string[];
  prompts: { path: string; name: string; format: PromptFormat | 'unknown' }[];
  /** Configurations of the other tool. */
  foreignConfigs: string[];
  /** True when the folder is too large to be looked at as a whole. */
  truncated: boolean;
}

interface ListedTarget {
  name: string;
  /** What it is called in lists. */
  kind: string;
  calls: string;
  location: SourceLocation;
  /** Another model can be put in place of its own. */
  takesModel: boolean;
  /** The prompt file that it fills in. */
  prompt?: string;
}

/** Version and size of a dataset; `problem` where it cannot be used. */
export type DatasetDetails =
  | { path: string; name: string; version: string; schemaVersion: string; count: number }
  | { path: string; problem: string };

/** The folder and its suites: none of them while its configuration cannot be read. */
interface Listed {
  root: string;
  config: Pick<Workspace['config'], 'suites'>;
  foreign?: ForeignFormat;
}

/** Lists suites, datasets and prompts. Reads no dataset: `describeDataset` does, one at a time. */
export async function listWorkspace(workspace: Listed, signal: AbortSignal): Promise<WorkspaceListing> {
  const files = await discoverWorkspace(workspace.root, signal, workspace.foreign);
  const { suites } = workspace.config;
  const prompts = suites.flatMap(promptsOf);
  const datasets = suites.flatMap((suite) => (suite.cases ? [] : pathsOf(suite.datasets)));
  return {
    suites: suites.map((suite) => ({
      name: suite.name,
      ...defined({ description: suite.description }),
      datasets: suite.datasets.map((dataset) => dataset.path),
      location: placeOf(suite.location),
      targets: suite.targets.map(listed),
      evaluators: suite.evaluators.map((spec) => spec.name),
      repeat: suite.repeat,
      hasGate: suite.gate !== undefined,
    })),
    datasets: sorted([...datasets, ...pathsOf(files.datasets)]),
    prompts: sorted([...prompts, ...pathsOf(files.prompts)]).map((path) => ({
      path,
      name: nameFromPath(path),
      format: detectFormat(path, { plain: true }) ?? 'unknown',
    })),
    foreignConfigs: sorted(pathsOf(files.foreignConfigs)),
    truncated: files.truncated,
  };
}

/** Reads and checks one dataset of the workspace. `path` as in the listing. */
export async function describeDataset(
  workspace: Pick<Workspace, 'root'>,
  path: string,
  signal: AbortSignal,
): Promise<DatasetDetails> {
  const absolute = resolveInside(workspace.root, path, { path });
  try {
    const { header, count } = await openDataset(absolute, { root: workspace.root, signal });
    return { path, name: header.name, version: header.version, schemaVersion: header.schemaVersion, count };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { path, problem: error.message };
  }
}

/** A location may be a range; a listing says the start. */
function placeOf({ path, line, column }: SourceLocation): SourceLocation {
  return { path, line, column };
}

/** Prompts of foreign suites are files of their own kind, which are not looked into. */
function promptsOf({ cases, targets }: SuiteConfig): string[] {
  return cases ? [] : targets.flatMap((target) => describeTarget(target).capabilities.promptFile ?? []);
}

function listed(target: TargetConfig): ListedTarget {
  const { kind, calls, capabilities } = describeTarget(target);
  const { promptFile: prompt, model } = capabilities;
  const { name, location } = target;
  const common = { name, kind, calls, location: placeOf(location), takesModel: model !== null };
  return prompt === null ? common : { ...common, prompt };
}

function pathsOf(references: readonly FileReference[]): string[] {
  return references.map(({ path }) => path);
}

function sorted(paths: readonly string[]): string[] {
  return [...new Set(paths)].sort();
}
