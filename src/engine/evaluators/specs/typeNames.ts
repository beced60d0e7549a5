/** Other names that people know a type by; used only where the name itself is not registered. */
export const ALIASES: ReadonlyMap<string, string> = new Map([
  ['refusal', 'is-refusal'],
  ['json', 'is-json'],
  ['exact', 'equals'],
  ['is-valid-openai-function-call', 'is-valid-function-call'],
  ['llm-rubric', 'rubric'],
  ['model-graded-closedqa', 'closed-qa'],
  ['model-graded-factuality', 'factuality'],
]);

/** The name under which a type is registered here. */
export function evaluatorTypeName(written: string): string {
  return ALIASES.get(written) ?? written;
}
