import * as vscode from 'vscode';
import type { CaseResult } from '../../protocol/runEntries.ts';

/** Longest text of a message, in UTF-16 units; the report has the whole. */
const MAX_TEXT = 20_000;

/** What `when` clauses of menus call a message of ours. */
const CONTEXT = 'touchstoneResult';

type Evaluation = CaseResult['evaluations'][number];

/** Turns a place as results write it (`file:line:column`) into one of the editor. */
export type Locate = (place: string | null | undefined) => vscode.Location | undefined;

/** One message for each evaluator that failed or could not measure, with what was expected and what came. */
export function messagesFor(result: CaseResult, locate: Locate): vscode.TestMessage[] {
  const bad = result.evaluations.filter(isBad);
  if (bad.length === 0) return [message(result, result.reason, locate(result.location))];
  return bad.map((evaluation) => {
    const place = locate(evaluation.location) ?? locate(result.location);
    return message(result, reasonOf(evaluation), place);
  });
}

/** A message without details, for results beyond those that are looked at in full. */
export function plainMessage(text: string): vscode.TestMessage {
  const made = new vscode.TestMessage(visible(text));
  made.contextValue = CONTEXT;
  return made;
}

/** Without control characters: test output is shown in a terminal. */
export function visible(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\u{fffd}');
}

function isBad(evaluation: Evaluation): boolean {
  return evaluation.status === 'error' || (evaluation.status === 'scored' && evaluation['pass'] === false);
}

/** `concepts (lexical, score 0.40): …`. */
function reasonOf({ name, stage, status, reason, ...more }: Evaluation): string {
  const score = more['score'];
  const measured =
    status === 'error' || typeof score !== 'number'
      ? vscode.l10n.t('not measured')
      : vscode.l10n.t('score {0}', score.toFixed(2));
  return `${name} (${stage}, ${measured}): ${reason}`;
}

function message(result: CaseResult, text: string, place: vscode.Location | undefined): vscode.TestMessage {
  const expected = expectedText(result.expected_output);
  const shown = cut(visible(text));
  const made =
    expected === '' || result.output.status === 'error'
      ? new vscode.TestMessage(shown)
      : vscode.TestMessage.diff(shown, cut(expected), cut(actualText(result)));
  if (place) made.location = place;
  made.contextValue = CONTEXT;
  return made;
}

/** The reference answer, or in words what a case asks for. */
export function expectedText(expected: unknown): string {
  if (typeof expected !== 'object' || expected === null) return '';
  const { answer, expected_concepts, forbidden_concepts, tool_calls, json_schema } = expected as {
    [field: string]: unknown;
  };
  const calls = Array.isArray(tool_calls) ? tool_calls.map(callText) : undefined;
  const lines = [
    typeof answer === 'string' ? answer : '',
    listed(vscode.l10n.t('says'), expected_concepts),
    listed(vscode.l10n.t('does not say'), forbidden_concepts),
    listed(vscode.l10n.t('calls'), calls),
    json_schema === undefined ? '' : vscode.l10n.t('JSON of the given schema'),
  ];
  return lines.filter(Boolean).join('\n');
}

/** The text of an output, with the calls of tools where there are any. */
export function actualText({ output }: CaseResult): string {
  const calls = output['tool_calls'];
  const made = Array.isArray(calls) ? calls.map(callText) : [];
  return [output.text, listed(vscode.l10n.t('calls'), made)].filter(Boolean).join('\n');
}

function callText(call: unknown): string {
  if (typeof call !== 'object' || call === null) return String(call);
  const { name, arguments: given } = call as { name?: unknown; arguments?: unknown };
  return given === undefined ? String(name) : `${String(name)}(${JSON.stringify(given)})`;
}

function listed(label: string, items: unknown): string {
  return Array.isArray(items) && items.length > 0 ? `${label}: ${items.map(String).join(', ')}` : '';
}

function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT).toWellFormed()}…`;
}
