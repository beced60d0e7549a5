import { defined } from '../../model/defined.ts';
import { nodeProgram } from '../../processes/interpreters.ts';
import { SCRIPT_CHILD } from './scriptChild.ts';
import { runnerOf } from './scriptPool.ts';
import type { ScriptRunner } from './scriptRunner.ts';

const MEMORY_MB = 128;

/**
 * Runs scripts in a small pool of child processes: without environment variables, without file access and
 * child processes where this Node has the permission model, killed after `timeoutMs`, with a limit on memory
 * and on the size of the result. It is a guard against accidents and hung scripts, not a sandbox: a script can
 * still reach the network. `nodePath` defaults to the running Node.
 */
export function createScriptRunner(options: { timeoutMs: number; nodePath?: string }): ScriptRunner {
  const { timeoutMs, nodePath } = options;
  const own = nodePath === undefined ? permissionArguments() : [];
  const flags = [`--max-old-space-size=${MEMORY_MB}`, ...own];
  return runnerOf(nodeProgram(SCRIPT_CHILD, { flags, ...defined({ nodePath }) }), timeoutMs);
}

/** The permission model left its experiment in Node 23.5; older ones know the flag by another name or not at all. */
function permissionArguments(): string[] {
  const major = Number(process.versions.node.split('.')[0]);
  return major >= 24 ? ['--permission'] : [];
}
