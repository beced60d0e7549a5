import { defined } from '../../model/defined.ts';
import type { JsonValue } from '../../model/json.ts';
import { nodeProgram, pythonProgram } from '../../processes/scripts/interpreters.ts';
import type { ScriptCall } from '../../processes/scripts/scriptCall.ts';
import type { ScriptProgram } from '../../processes/scripts/scriptHost.ts';
import { ScriptPool } from '../../processes/scripts/scriptPool.ts';

/** Runs code from a workspace, JavaScript or Python, in a child process with a scrubbed environment and a time limit. */
export interface ScriptRunner {
  /** Rejects with ScriptError if the code throws, exceeds a limit, or returns nothing that is JSON. */
  run(call: ScriptCall, options: { signal: AbortSignal }): Promise<JsonValue>;
  close(): Promise<void>;
}

/** What runs the code of a workspace, by its kind; present only if it is trusted. */
export interface ScriptRunners {
  javascript: ScriptRunner;
  /** JavaScript that is a module of the workspace. */
  modules: ScriptRunner;
  python: ScriptRunner;
}

/** Where code runs that is not confined. */
interface OpenOptions {
  timeoutMs: number;
  /** The whole environment of the process. */
  env: { [name: string]: string };
  /** Absolute path of its working directory. */
  cwd: string;
}

const MEMORY_MB = 128;

/**
 * Runs JavaScript without environment variables, without file access and child processes if this Node has the
 * permission model, killed after `timeoutMs`, with a limit on memory and on the size of the result. It is a guard against
 * accidents and hung scripts, not a sandbox: a script can still reach the network. `nodePath` defaults to the running Node.
 */
export function createScriptRunner(options: { timeoutMs: number; nodePath?: string }): ScriptRunner {
  const { timeoutMs, nodePath } = options;
  const own = nodePath === undefined ? permissionFlags() : [];
  const flags = [`--max-old-space-size=${MEMORY_MB}`, ...own];
  return runnerOf(nodeProgram({ flags, ...defined({ nodePath }) }), timeoutMs);
}

/** Runs JavaScript modules. Unlike scripts, they can read files and import others: it is not a sandbox. */
export function createModuleRunner(options: OpenOptions): ScriptRunner {
  return openRunner(nodeProgram(), options);
}

/** Runs Python; not a sandbox either. `program` is the interpreter, `python3` if absent. */
export function createPythonRunner({
  program,
  ...options
}: OpenOptions & { program?: string }): ScriptRunner {
  return openRunner(pythonProgram(program), options);
}

function openRunner(program: ScriptProgram, { timeoutMs, env, cwd }: OpenOptions): ScriptRunner {
  return runnerOf({ ...program, env: { ...env, ...program.env }, cwd }, timeoutMs);
}

function runnerOf(program: ScriptProgram, timeoutMs: number): ScriptRunner {
  const pool = new ScriptPool(program);
  return {
    run: (call, { signal }) => pool.run(call, { signal, timeoutMs }),
    close: () => pool.close(),
  };
}

/** The permission model became stable in Node 23.5; earlier versions have it under another name or not at all. */
function permissionFlags(): string[] {
  const major = Number(process.versions.node.split('.')[0]);
  return major >= 24 ? ['--permission'] : [];
}
