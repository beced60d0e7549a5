import { openDataset } from '../datasets/dataset.ts';
import { UserError } from '../errors.ts';
import { resolveInside } from '../files/confine.ts';
import type { SourceLocation } from '../model/location.ts';
import type { PromptFormat } from '../model/prompt.ts';
import { detectFormat, nameFromPath } from '../prompts/detectFormat.ts';
import { discoverWorkspace } from './discoverWorkspace.ts';
import type { FileReference } from './fileReference.ts';
import type { ForeignFormat } from './foreignFormat.ts';
import type { Workspace } from './loadWorkspace.ts';
import type { TargetConfig } from './targetConfig.ts';

/** What a workspace holds, as plain data; paths are relative to the workspace. */
export interface WorkspaceListing {
  suites: {
    name: string;
    description?: string;
    datasets: string[];
    /** Where the suite is written, and each of its targets. */
    location: SourceLocation;
    targets: {
      name: string;
      kind: TargetConfig['kind'];
      calls: string;
      location: SourceLocation;
      /** The prompt file that it calls a model with, or echoes. */
      prompt?: string;
    }[];
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
  const prompts = suites.flatMap((suite) => suite.targets.flatMap(promptOf));
  return {
    suites: suites.map((suite) => ({
      name: suite.name,
      ...(suite.description === undefined ? {} : { description: suite.description }),
      datasets: suite.datasets.map((dataset) => dataset.path),
      location: placeOf(suite.location),
      targets: suite.targets.map((target) => ({
        name: target.name,
        kind: target.kind,
        calls: callsOf(target),
        location: placeOf(target.location),
        ...promptPath(target),
      })),
      evaluators: suite.evaluators.map((spec) => spec.name),
      repeat: suite.repeat,
      hasGate: suite.gate !== undefined,
    })),
    datasets: pathsOf([...suites.flatMap((suite) => (suite.cases ? [] : suite.datasets)), ...files.datasets]),
    prompts: pathsOf([...prompts, ...files.prompts]).map((path) => ({
      path,
      name: nameFromPath(path),
      format: detectFormat(path, { plain: true }) ?? 'unknown',
    })),
    foreignConfigs: pathsOf(files.foreignConfigs),
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

function promptOf(target: TargetConfig): FileReference[] {
  return (target.kind === 'prompt' || target.kind === 'echo') && target.prompt ? [target.prompt] : [];
}

function promptPath(target: TargetConfig): { prompt?: string } {
  const [prompt] = promptOf(target);
  if (prompt) return { prompt: prompt.path };
  if (target.kind !== 'promptfoo') return {};
  const { path } = target.template.location;
  // A prompt that stands in the configuration itself has no file of its own.
  return path === target.location.path ? {} : { prompt: path };
}

/** A location may be a range; a listing says the start. */
function placeOf({ path, line, column }: SourceLocation): SourceLocation {
  return { path, line, column };
}

/** What a target calls, in a few words. */
function callsOf(target: TargetConfig): string {
  switch (target.kind) {
    case 'prompt':
      return target.model === undefined ? target.prompt.path : `${target.prompt.path} with ${target.model}`;
    case 'http':
      return target.url;
    case 'command':
      return target.command.join(' ');
    case 'replay':
      return target.replay.path;
    case 'promptfoo':
      return target.provider.id;
    case 'echo':
      return target.prompt?.path ?? 'the input of the case';
  }
}

function pathsOf(references: readonly FileReference[]): string[] {
  return [...new Set(references.map((reference) => reference.path))].sort();
}
