/** Runs user-written regular expressions so that no pattern can hang the engine. */
export interface PatternMatcher {
  /** Checks the pattern once. Throws ConfigError for a pattern that is not a valid regular expression. */
  compile(pattern: string, flags?: string): CompiledPattern;
  close(): Promise<void>;
}

export interface CompiledPattern {
  /** `linear`: RE2 semantics, synchronous. `worker`: look-around or back-references, ended after a limit. */
  readonly engine: 'linear' | 'worker';
  /** Whether the pattern occurs in the text. Rejects with PatternTimeout in a worker that was ended. */
  test(text: string): boolean | Promise<boolean>;
}

export class PatternTimeout extends Error {
  constructor(pattern: string, limitMs: number) {
    super(`the pattern /${pattern}/ did not finish within ${limitMs.toLocaleString('en-US')} ms`);
    this.name = 'PatternTimeout';
  }
}
