import { NODE_CHILD } from './nodeChild.ts';
import { PYTHON_CHILD } from './pythonChild.ts';
import type { ScriptProgram } from './scriptHost.ts';

/**
 * Starts this Node, or the one at `nodePath`, to run scripts and modules in JavaScript or TypeScript. The program's source
 * is an argument, so that it is part of any bundle.
 */
export function nodeProgram({
  flags = [],
  nodePath = process.execPath,
}: {
  flags?: readonly string[];
  nodePath?: string;
} = {}): ScriptProgram {
  return {
    command: [nodePath, '--no-warnings', '--input-type=module', ...flags, '-e', NODE_CHILD],
    // In the editor, Node is the editor's own program and has to be told to run as Node.
    env: process.versions['electron'] ? { ELECTRON_RUN_AS_NODE: '1' } : {},
  };
}

/** `program` is found on PATH if it is not a path. Default: `python3`, on Windows `python`. */
export function pythonProgram(program: string | undefined): ScriptProgram {
  const usual = process.platform === 'win32' ? 'python' : 'python3';
  return {
    command: [program ?? usual, '-c', PYTHON_CHILD],
    env: { PYTHONUTF8: '1', PYTHONDONTWRITEBYTECODE: '1' },
    remedy: 'Install Python 3, or set the environment variable PROMPTFOO_PYTHON to its program',
  };
}
