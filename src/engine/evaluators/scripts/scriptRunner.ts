import type { JsonValue } from '../../model/json.ts';

/** Runs code from a workspace, JavaScript or Python, in a child process with a scrubbed environment and a time limit. */
export interface ScriptRunner {
  /**
   * Evaluates `code` with `output` and `context` in scope: in JavaScript an expression or a body with `return`, in
   * Python a module with the function `__assertion__`. `folder` is one whose modules Python code may import.
   * Rejects with ScriptError when it throws, exceeds its limit, or returns nothing that is JSON.
   */
  run(
    code: string,
    scope: { output: JsonValue; context: JsonValue },
    options: { signal: AbortSignal; folder?: string },
  ): Promise<JsonValue>;
  close(): Promise<void>;
}

export class ScriptError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ScriptError';
  }
}
