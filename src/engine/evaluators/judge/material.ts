import type { GoldenCase } from '../../model/case.ts';
import { isJsonObject, type JsonValue } from '../../model/json.ts';
import type { EvaluationInput } from '../evaluator.ts';

/** A complete output, as evaluators see it. */
type JudgedOutput = EvaluationInput['output'];

/** What a judge sees of a case and its output: texts by the names that templates use. All of it is data. */
export type Material = ReadonlyMap<string, string>;

/**
 * `input`, `output` and `expected` (where the case has them), the names other tools use for the same
 * (`completion`, `ideal`, `query`, …), and the case's variables, plain and as `vars.name`.
 */
export function materialOf({ case: golden, output }: Pick<EvaluationInput, 'case' | 'output'>): Material {
  const material = new Map<string, string>();
  if (isJsonObject(golden.input)) {
    for (const [name, value] of Object.entries(golden.input)) {
      material.set(name, textOf(value));
      material.set(`vars.${name}`, textOf(value));
    }
  }

  const input = inputText(golden);
  const answer = golden.expected_output?.answer;
  if (input !== undefined) setAll(material, ['input', 'question', 'query', 'prompt'], input);
  if (answer !== undefined) setAll(material, ['expected', 'ideal', 'reference', 'expected_output'], answer);

  for (const name of ['output', 'completion', 'submission', 'response']) {
    material.set(name, outputText(output));
  }

  return material;
}

/** The text of an output, with its tool calls below it where there are any. */
export function outputText(output: JudgedOutput): string {
  if (output.toolCalls.length === 0) return output.text;
  const calls = output.toolCalls.map(({ name, arguments: given }) => ({ name, arguments: given }));
  return `${output.text}\n\nTool calls: ${JSON.stringify(calls, null, 2)}`.trimStart();
}

/** Aliases never replace a variable that the case itself names so; the first name is ours. */
function setAll(material: Map<string, string>, names: readonly string[], text: string): void {
  for (const [index, name] of names.entries()) {
    if (index === 0 || !material.has(name)) material.set(name, text);
  }
}

function inputText(golden: GoldenCase): string | undefined {
  if (golden.messages) {
    return golden.messages.map(({ role, content }) => `${role}: ${textOf(content)}`).join('\n\n');
  }
  if (golden.input === undefined) return undefined;
  const { input } = golden;
  // A case with a variable called `input` means that one.
  if (isJsonObject(input) && typeof input['input'] === 'string') return input['input'];
  return textOf(input);
}

function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}
