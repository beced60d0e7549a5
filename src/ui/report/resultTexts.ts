import type { CaseResult } from '../../protocol/runEntries.ts';

/** What stands on the two sides of a diff editor. */
export type Side = 'expected' | 'actual';

/** How what is expected, and what came, is put into words. */
export interface ExpectationWords {
  says: string;
  doesNotSay: string;
  calls: string;
  json: string;
}

/** What the target returned: the text with the calls of tools, or the error. */
export function actualText({ output }: Pick<CaseResult, 'output'>, words: ExpectationWords): string {
  const { error, text, tool_calls: calls } = output;
  if (text === '' && isRecord(error)) return `${String(error['code'])}: ${String(error['message'])}`;
  const made = Array.isArray(calls) ? calls.map(callText) : [];
  return [text, listed(words.calls, made)].filter(Boolean).join('\n');
}

/** The reference answer, and in words what else a case asks for: nothing that is to be compared letter by letter. */
export function expectedText(
  { expected_output: expected }: Pick<CaseResult, 'expected_output'>,
  words: ExpectationWords,
): string {
  if (!isRecord(expected)) return '';
  const { answer, expected_concepts, forbidden_concepts, tool_calls, json_schema } = expected;
  const calls = Array.isArray(tool_calls) ? tool_calls.map(callText) : undefined;
  const lines = [
    typeof answer === 'string' ? answer : '',
    listed(words.says, expected_concepts),
    listed(words.doesNotSay, forbidden_concepts),
    listed(words.calls, calls),
    json_schema === undefined ? '' : words.json,
  ];
  return lines.filter(Boolean).join('\n');
}

/** `file:line:column` taken apart; the file's own name may hold colons. Undefined for anything else. */
export function parsePlace(place: string): { path: string; line: number; column: number } | undefined {
  const match = /^(.+):(\d+):(\d+)$/.exec(place);
  if (!match?.[1]) return undefined;
  return { path: match[1], line: Number(match[2]), column: Number(match[3]) };
}

function callText(call: unknown): string {
  if (!isRecord(call)) return String(call);
  const { name, arguments: given } = call;
  return given === undefined ? String(name) : `${String(name)}(${JSON.stringify(given)})`;
}

function listed(label: string, items: unknown): string {
  return Array.isArray(items) && items.length > 0 ? `${label}: ${items.map(String).join(', ')}` : '';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
