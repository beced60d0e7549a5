import { moduleProgram } from '../../processes/interpreters.ts';
import { MODULE_CHILD } from './moduleChild.ts';
import { runnerOf } from './scriptPool.ts';
import type { ScriptRunner } from './scriptRunner.ts';

/**
 * Runs assertions that are modules in a small pool of processes, in the folder `cwd` and with the environment `env`,
 * each for at most `timeoutMs`. Unlike createScriptRunner, they may read files and import others: it is no sandbox.
 */
export function createModuleRunner(options: {
  timeoutMs: number;
  env: { [name: string]: string };
  cwd: string;
}): ScriptRunner {
  const { command, env } = moduleProgram(MODULE_CHILD);
  return runnerOf({ command, env: { ...options.env, ...env }, cwd: options.cwd }, options.timeoutMs);
}

/** How the runner is told of a module: its path from the workspace, with `/`, and its export where one is named. */
export function moduleCode(file: string, name: string | undefined): string {
  const path = file.split('/').map(encodeURIComponent).join('/');
  return name === undefined ? `./${path}` : `./${path}#${encodeURIComponent(name)}`;
}
