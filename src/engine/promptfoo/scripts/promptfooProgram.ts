/** A module in JavaScript, TypeScript or Python that is called. */
export interface PromptfooProgram {
  language: 'javascript' | 'python';
  /** Absolute path of the module. */
  file: string;
  /** Its export or function; the usual one where absent. */
  function?: string;
  cwd: string;
  env: Record<string, string>;
}
