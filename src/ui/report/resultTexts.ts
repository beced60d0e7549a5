import type { CaseResult } from '../../protocol/runEntries.ts';

/** What stands on the two sides of a diff editor. */
export type Side = 'expected' | 'actual';

/** What the target returned: the text, or the tool calls where there is no text, or the error. */
export function actualText({ output }: CaseResult): string {
  if (output.text !== '') return output.text;
  const { error, tool_calls } = output;
  if (isRecord(error)) return `${String(error['code'])}: ${String(error['message'])}`;
  return Array.isArray(tool_calls) && tool_calls.length > 0 ? json(tool_calls) : '';
}

/** The reference answer, or everything else that is expected, as JSON. */
export function expectedText({ expected_output: expected }: CaseResult): string {
  if (!isRecord(expected)) return expected === null || expected === undefined ? '' : json(expected);
  const { answer } = expected;
  if (typeof answer === 'string') return answer;
  return answer === undefined ? json(expected) : json(answer);
}

/** `file:line:column` taken apart; the file's own name may hold colons. Undefined for anything else. */
export function parsePlace(place: string): { path: string; line: number; column: number } | undefined {
  const match = /^(.+):(\d+):(\d+)$/.exec(place);
  if (!match?.[1]) return undefined;
  return { path: match[1], line: Number(match[2]), column: Number(match[3]) };
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
