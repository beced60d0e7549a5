import type { Complexity, GoldenCase } from '../model/case.ts';
import { isJsonObject, type JsonValue } from '../model/json.ts';

/**
 * Estimates how hard a case is from what is written in it. Each signal gives 0, 1 or 2 points:
 *
 * | signal | 1 point | 2 points |
 * | --- | --- | --- |
 * | words of the input | 40 | 150 |
 * | expected concepts | 4 | 8 |
 * | expected tool calls | 1 | 2 |
 * | messages | 3 | 7 |
 * | questions (question marks, numbered parts) | 2 | 4 |
 *
 * 0–1 points: simple, 2–3: medium, 4 or more: complex. A starting value for a person to correct.
 */
export function inferComplexity(
  testCase: Pick<GoldenCase, 'input' | 'messages' | 'expected_output'>,
): Complexity {
  const text = inputText(testCase);
  const expected = testCase.expected_output ?? {};
  const points =
    grade(text.split(/\s+/).filter(Boolean).length, 40, 150) +
    grade(expected.expected_concepts?.length ?? 0, 4, 8) +
    grade(expected.tool_calls?.length ?? 0, 1, 2) +
    grade(conversation(testCase).length, 3, 7) +
    grade(countQuestions(text), 2, 4);
  if (points >= 4) return 'complex';
  return points >= 2 ? 'medium' : 'simple';
}

function grade(count: number, one: number, two: number): number {
  if (count >= two) return 2;
  return count >= one ? 1 : 0;
}

function conversation(testCase: Pick<GoldenCase, 'input' | 'messages'>): readonly unknown[] {
  if (testCase.messages) return testCase.messages;
  const inside = isJsonObject(testCase.input) ? testCase.input['messages'] : undefined;
  return Array.isArray(inside) ? inside : [];
}

function inputText(testCase: Pick<GoldenCase, 'input' | 'messages'>): string {
  const contents = (testCase.messages ?? []).map((message) => texts(message.content));
  return [texts(testCase.input ?? null), ...contents].join('\n');
}

/** All texts inside a value, one a line. */
function texts(value: JsonValue): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value).map(texts).join('\n');
}

function countQuestions(text: string): number {
  const marks = text.match(/[?？؟]+/g)?.length ?? 0;
  const numbered = text.match(/^\s{0,10}\d{1,3}[.)]\s/gm)?.length ?? 0;
  return Math.max(marks, numbered);
}
