/** How an evaluator is used, in the two places where it can be written; a test runs each of them as it is shown. */
export interface EvaluatorExample {
  /** When to choose it, and what to choose instead. */
  when: string;
  /** Entries of `evaluators:` in a suite, as a YAML list. */
  suite: string;
  /** Entries of `assert:` in a case, as a YAML list. */
  assert: string;
  /** Other fields of the case that it needs, as YAML. */
  given?: string;
  /** An output that passes: a text, or an agent's reply document. */
  good: Output;
  /** One that fails. */
  bad: Output;
  /** What a second target of the suite says, where targets are compared. */
  other?: string;
}

/** Of an evaluator that asks a model: the model's replies for the two outputs, one for each question. */
export interface JudgedExample extends EvaluatorExample {
  goodReplies: readonly string[];
  badReplies: readonly string[];
}

export type Output = string | { output: unknown; [key: string]: unknown };
