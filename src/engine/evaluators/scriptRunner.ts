import type { JsonValue } from '../model/json.ts';

/** Runs JavaScript from a workspace in a child process with a scrubbed environment and a time limit. */
export interface ScriptRunner {
  /**
   * Evaluates `code` (an expression, or a body with `return`) with `output` and `context` in scope.
   * Rejects with ScriptError when it throws, exceeds its limit, or returns nothing that is JSON.
   */
  run(
    code: string,
    scope: { output: JsonValue; context: JsonValue },
    options: { signal: AbortSignal },
  ): Promise<JsonValue>;
  close(): Promise<void>;
}

export class ScriptError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ScriptError';
  }
}
