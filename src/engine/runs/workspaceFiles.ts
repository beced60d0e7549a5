import path from 'node:path';
import { type FileList, listFiles, packFileList, unpackFileList } from '../files/fileList.ts';
import type { RunPlan } from '../model/run.ts';
import type { RunStore } from '../store/runStore.ts';
import { describeTarget } from '../suites/targets/describeTarget.ts';
import type { TargetConfig } from '../suites/targets/targetConfig.ts';
import type { PreparedRun } from './preparation/preparedRun.ts';

interface ListOptions {
  root: string;
  store: RunStore;
  /** Milliseconds since the epoch. */
  now: number;
  /** Absolute paths of files and folders that this program itself is about to write. */
  except: readonly string[];
  signal: AbortSignal;
}

/**
 * Notes the state of the workspace's files in the plans of runs whose programs may read any of them. What cannot be
 * watched, since there is too much of it, leaves a plan without: its results are then never taken over.
 */
export async function noteFiles<R extends PreparedRun>(
  prepared: readonly R[],
  options: ListOptions,
): Promise<R[]> {
  if (!prepared.some(({ readsFiles }) => readsFiles)) return [...prepared];
  const packed = options.store.fileLists.newest();
  const known = packed && unpackFileList(packed);
  const except = [...options.except, ...writtenBefore(options)];
  const files = await listFiles(options.root, { ...options, except, known });
  if (!files) return [...prepared];
  const writes = options.except.map((file) => path.relative(options.root, file));
  const noted = { files: files.fingerprint, ...(writes.length > 0 ? { writes } : {}) };
  return prepared.map((run) =>
    run.readsFiles
      ? { ...run, files, inputs: { ...run.inputs, plan: { ...run.inputs.plan, ...noted } } }
      : run,
  );
}

/** Earlier runs whose reports are known to be such. */
const MAX_RUNS = 200;

function writtenBefore({ store, root }: ListOptions): string[] {
  const names = store.listRuns(MAX_RUNS).flatMap(({ plan }) => plan.writes ?? []);
  return [...new Set(names)].map((name) => path.resolve(root, name));
}

/** Keeps the list that a run begins with, unless it is kept already. */
export function keepFiles(store: RunStore, files: FileList): void {
  if (files.read === 0 && store.fileLists.find(files.fingerprint) !== undefined) return;
  store.fileLists.save(files.fingerprint, files.listedAt, packFileList(files));
}

/** The files as they were when the run began; undefined where that is not known. */
export function filesOf(store: RunStore, { files }: Pick<RunPlan, 'files'>): FileList | undefined {
  const packed = files === undefined ? undefined : store.fileLists.find(files);
  return packed && unpackFileList(packed);
}

/** Files whose content stands in other hashes of a plan: the dataset, the configuration and prompts. */
export function hashedFiles(
  plan: Pick<RunPlan, 'configPath' | 'dataset'>,
  targets: readonly TargetConfig[],
): Set<string> {
  return new Set([
    ...(plan.configPath === null ? [] : [plan.configPath]),
    plan.dataset.path,
    ...targets.flatMap(promptFile),
  ]);
}

function promptFile(target: TargetConfig): string[] {
  const { promptFile: file } = describeTarget(target).capabilities;
  return file === null ? [] : [path.posix.normalize(file)];
}
