import type { JsonValue } from '../../model/json.ts';

/**
 * A call of a workspace's code, written to a child process as one line of JSON. The child answers with one line,
 * `{ value }` or `{ error }`, and then writes `{ ready: true }` when it can take the next call.
 */
export type ScriptCall = { args: readonly JsonValue[] } & (ScriptText | ScriptModule);

interface ScriptText {
  kind: 'script';
  /**
   * JavaScript: an expression or a function body over `output` and `context`, the two arguments. Python: a module that
   * defines `__assertion__`.
   */
  code: string;
  /** Folder from which Python code may import modules, relative to the working directory. */
  folder?: string;
}

interface ScriptModule {
  kind: 'module';
  /** Path of the module, absolute or relative to the working directory; or, in JavaScript, a `data:` URL. */
  file: string;
  /** The export to call. Default: the default export. Required in Python. */
  name?: string;
  /** JavaScript: the export may also be a class or object with this method; a class is created with `options`. */
  method?: string;
  options?: JsonValue;
}

/** `threw`: the code reported an error; otherwise, how its process failed. */
export type ScriptFailure = 'threw' | 'timeout' | 'exit' | 'start' | 'too-large' | 'protocol' | 'closed';

export class ScriptError extends Error {
  readonly kind: ScriptFailure;
  /** The end of what the process wrote to its output; empty if that is not captured. */
  readonly written: string;

  constructor(kind: ScriptFailure, message: string, written = '') {
    super(message);
    this.name = 'ScriptError';
    this.kind = kind;
    this.written = written;
  }
}
