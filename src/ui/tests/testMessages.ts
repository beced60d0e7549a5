import * as vscode from 'vscode';
import { formatScore } from '../../engine/model/figures.ts';
import type { CaseResult } from '../../protocol/runEntries.ts';
import { expectationWords } from '../report/expectationWords.ts';
import { actualText, expectedText, parsePlace } from '../report/resultTexts.ts';

/** Longest text of a message, in UTF-16 units; the report has the whole. */
const MAX_TEXT = 20_000;

/** What `when` clauses of menus call a message of ours. */
const CONTEXT = 'touchstoneResult';

type Evaluation = CaseResult['evaluations'][number];

/** Turns a place as results write it (`file:line:column`) into one of the editor. */
export type Locate = (place: string | null | undefined) => vscode.Location | undefined;

/**
 * One message for each evaluator that failed or could not measure, with what was expected and what came. All of them
 * stand at the case, which is what a person mends; an evaluator of the suite is named with its place.
 */
export function messagesFor(result: CaseResult, locate: Locate): vscode.TestMessage[] {
  const place = locate(result.location);
  const bad = result.evaluations.filter(isBad);
  if (bad.length === 0) return [message(result, result.reason, place)];
  return bad.map((evaluation) => {
    const at = evaluation.location;
    const own = typeof at === 'string' && fileOf(at) !== fileOf(result.location) ? `\n${at}` : '';
    return message(result, `${reasonOf(evaluation)}${own}${sourceOf(result)}`, place ?? locate(at));
  });
}

/** Where the output comes from that was scored, where it is not a fresh one of the target's own. */
function sourceOf({ output: { source } }: CaseResult): string {
  return source === undefined ? '' : `\n${source.text}`;
}

function fileOf(place: string | null): string | undefined {
  return place === null ? undefined : parsePlace(place)?.path;
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
      : vscode.l10n.t('score {0}', formatScore(score));
  return `${name} (${stage}, ${measured}): ${reason}`;
}

function message(result: CaseResult, text: string, place: vscode.Location | undefined): vscode.TestMessage {
  const words = expectationWords();
  const expected = expectedText(result, words);
  const shown = cut(visible(text));
  const made =
    expected === '' || result.output.status === 'error'
      ? new vscode.TestMessage(shown)
      : vscode.TestMessage.diff(shown, cut(expected), cut(actualText(result, words)));
  if (place) made.location = place;
  made.contextValue = CONTEXT;
  return made;
}

function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT).toWellFormed()}…`;
}
