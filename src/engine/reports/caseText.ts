import type { GoldenCase } from '../model/case.ts';
import type { Evaluation } from '../model/evaluation.ts';
import { formatScore } from '../model/figures.ts';
import type { Output } from '../model/output.ts';
import type { TrialResult } from '../model/result.ts';

const MAX_TITLE = 200;

/** A case as it is headed: its id, and its description where it has one, cut to a line. */
export function caseTitle(id: string, entry: GoldenCase | undefined): string {
  const description = entry?.description?.replace(/\s+/g, ' ').trim() ?? '';
  if (description === '') return id;
  return `${id}: ${description.length > MAX_TITLE ? `${description.slice(0, MAX_TITLE)}…` : description}`;
}

/** What a case asks, as text; empty where it asks nothing. */
export function inputText({ messages, input }: GoldenCase): string {
  if (messages) return messages.map(({ role, content }) => `${role}: ${textOf(content)}`).join('\n');
  return textOf(input);
}

/** What a case expects, in words; one entry for each kind of expectation. */
export function expectations({ expected_output: expected }: GoldenCase): string[] {
  if (!expected) return [];

  const calls = expected.tool_calls?.map((call) =>
    call.arguments === undefined ? call.name : `${call.name}(${JSON.stringify(call.arguments)})`,
  );

  const parts = [
    expected.answer ?? '',
    listOf('says', expected.expected_concepts),
    listOf('does not say', expected.forbidden_concepts),
    listOf('calls', calls),
    expected.json_schema ? 'JSON that matches the schema' : '',
  ];

  return parts.filter(Boolean);
}

/** What a target returned, in words. */
export function actualText(output: Output): string {
  if (output.status === 'error') return `${output.error.code}: ${output.error.message}`;
  const calls = output.toolCalls.map((call) => `${call.name}(${JSON.stringify(call.arguments)})`);
  const parts = [
    output.text || '(empty)',
    listOf('calls', calls),
    output.status === 'incomplete' ? `(incomplete: ${output.reason})` : '',
  ];
  return parts.filter(Boolean).join('\n');
}

/** One line for each evaluator that failed or could not measure; the verdict's reason where there is none. */
export function whyLines({ evaluations, reason }: TrialResult): string[] {
  const bad = evaluations.filter(isBad);
  if (bad.length === 0) return [reason];
  return bad.map((entry) => {
    const score = entry.status === 'scored' ? `score ${formatScore(entry.score)}` : 'not measured';
    return `${entry.name} (${entry.stage}, ${score}): ${entry.reason}`;
  });
}

/** An evaluator that failed, or that could not measure. */
export function isBad(evaluation: Evaluation): boolean {
  return evaluation.status === 'error' || (evaluation.status === 'scored' && !evaluation.pass);
}

function listOf(label: string, items: readonly string[] | undefined): string {
  return items && items.length > 0 ? `${label}: ${items.join(', ')}` : '';
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}
