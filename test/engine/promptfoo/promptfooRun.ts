import os from 'node:os';
import { createEngine } from '../../../src/engine/engine.ts';
import type { Problem } from '../../../src/engine/model/problem.ts';
import type { TrialResult } from '../../../src/engine/model/result.ts';
import { fixedEnvironment, noLog, systemClock, type Trust } from '../../../src/engine/ports.ts';
import { promptfooFormat } from '../../../src/engine/promptfoo/promptfooFormat.ts';
import type { RunOverrides } from '../../../src/engine/runs/preparation/runOverrides.ts';
import { checkWorkspace, type Workspace } from '../../../src/engine/suites/loadWorkspace.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

interface RunOptions {
  environment?: { [name: string]: string };
  trust?: Partial<Trust>;
  overrides?: RunOverrides;
}

/** A folder with these files, one of them a promptfooconfig.yaml, as a workspace with what is wrong in it. */
export async function loadFiles(
  files: { [path: string]: string },
  environment: { [name: string]: string } = {},
): Promise<{ workspace?: Workspace; problems: Problem[] }> {
  return checkWorkspace({
    root: temporaryFolder(files),
    foreign: promptfooFormat,
    environment: fixedEnvironment(environment),
    signal: new AbortController().signal,
  });
}

/** The workspace, which must be without errors. */
export async function workspaceOf(
  files: { [path: string]: string },
  environment?: { [name: string]: string },
): Promise<Workspace> {
  const { workspace, problems } = await loadFiles(files, environment);
  if (!workspace) throw new Error(JSON.stringify(problems, null, 2));
  return workspace;
}

/** The results of every case, in order; scripts and programs are trusted unless said otherwise. */
export async function runFiles(
  files: { [path: string]: string },
  options: RunOptions = {},
): Promise<TrialResult[]> {
  return runWorkspace(await workspaceOf(files, options.environment), options);
}

/** The same with the folder, for what was written into it; `overridesIn` is given its path. */
export async function runFolder(
  files: { [path: string]: string },
  { overridesIn, ...options }: RunOptions & { overridesIn?: (root: string) => RunOverrides },
): Promise<{ root: string; results: TrialResult[] }> {
  const workspace = await workspaceOf(files, options.environment);
  const { root } = workspace;
  const overrides = overridesIn?.(root) ?? {};
  return { root, results: await runWorkspace(workspace, { ...options, overrides }) };
}

let draws = 0;

export async function runWorkspace(
  workspace: Workspace,
  { environment = {}, trust = {}, overrides = {} }: RunOptions = {},
): Promise<TrialResult[]> {
  const { signal } = new AbortController();
  const engine = createEngine(workspace, {
    clock: systemClock,
    random: { next: () => 0.5, hex: (bytes) => (draws++).toString(16).padStart(bytes * 2, '0') },
    environment: fixedEnvironment({ PATH: process.env['PATH'] ?? '', ...environment }),
    log: noLog,
    owner: { pid: process.pid, host: os.hostname(), started: null, alive: () => true },
    trust: { commands: true, scripts: true, ...trust },
  });
  try {
    const results: TrialResult[] = [];
    for (const { name } of workspace.config.suites) {
      for (const prepared of await engine.prepare(name, overrides, signal)) {
        const listener = { onStart: () => {}, onResults: () => {} };
        const { report } = await engine.execute(prepared, listener, { signal });
        results.push(...report.results());
      }
    }
    return results;
  } finally {
    engine.close();
  }
}
