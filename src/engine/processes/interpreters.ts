/** How a program whose source is a text of this one is started: the source goes along as an argument, so it is part of any bundle. */
export interface Interpreter {
  command: [string, ...string[]];
  /** What it needs beside the program's own environment. */
  env: { [name: string]: string };
}

/** This Node, or another one; `source` is CommonJS unless `flags` say otherwise. */
export function nodeProgram(
  source: string,
  { flags = [], nodePath = process.execPath }: { flags?: readonly string[]; nodePath?: string } = {},
): Interpreter {
  return {
    command: [nodePath, ...flags, '-e', source],
    // Inside the editor, Node is the editor's own program, which must be told so.
    env: process.versions['electron'] ? { ELECTRON_RUN_AS_NODE: '1' } : {},
  };
}

/** A source that imports modules of a workspace, in JavaScript or TypeScript. */
export function moduleProgram(source: string): Interpreter {
  return nodeProgram(source, { flags: ['--no-warnings', '--input-type=module'] });
}

/** `program` is found by PATH where it is no path. Default: `python3`, on Windows `python`. */
export function pythonProgram(source: string, program: string | undefined): Interpreter {
  const usual = process.platform === 'win32' ? 'python' : 'python3';
  return {
    command: [program ?? usual, '-c', source],
    env: { PYTHONUTF8: '1', PYTHONDONTWRITEBYTECODE: '1' },
  };
}
