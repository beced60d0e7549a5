import { pythonProgram } from '../../processes/interpreters.ts';
import { PYTHON_CHILD } from './pythonChild.ts';
import { runnerOf } from './scriptPool.ts';
import type { ScriptRunner } from './scriptRunner.ts';

export interface PythonOptions {
  timeoutMs: number;
  /** The interpreter; found by PATH where it is no path. Default: `python3`, on Windows `python`. */
  program?: string;
  /** The whole environment of the process. */
  env: { [name: string]: string };
  /** Absolute path of the folder in which it runs. */
  cwd: string;
}

/**
 * Runs Python in a small pool of processes: killed after `timeoutMs`, with a limit on the size of the result.
 * It is no sandbox: the code may do whatever the person may who runs it.
 */
export function createPythonRunner({ timeoutMs, program, env, cwd }: PythonOptions): ScriptRunner {
  const interpreter = pythonProgram(PYTHON_CHILD, program);
  return runnerOf(
    {
      command: interpreter.command,
      env: { ...env, ...interpreter.env },
      cwd,
      remedy: 'Install Python 3, or set the environment variable PROMPTFOO_PYTHON to its program',
    },
    timeoutMs,
  );
}
