import * as vscode from 'vscode';
import type { CompressionFinding } from '../../protocol/compressCalls.ts';
import type { CommandId, Commands } from '../ids.ts';
import { toRange } from '../language/ranges.ts';
import { ruleText, savedText } from './ruleTexts.ts';
import type { Waste } from './waste.ts';

/** For each faded stretch: take it out, take out all of its kind, or leave it alone from now on. */
export class WasteFixes implements vscode.CodeActionProvider {
  static readonly kinds = [vscode.CodeActionKind.QuickFix];
  readonly #waste: Waste;

  constructor(waste: Waste) {
    this.#waste = waste;
  }

  provideCodeActions(document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
    const shown = this.#waste.at(document);
    if (!shown) return [];
    // A selection may hold several places of a kind: all of them are offered once.
    const offered = new Set<string>();
    return shown.findings.flatMap((finding, index) => {
      const diagnostic = shown.diagnostics[index];
      if (!diagnostic?.range.intersection(range)) return [];
      const same = offered.has(finding.rule)
        ? []
        : shown.findings.filter(({ rule }) => rule === finding.rule);
      offered.add(finding.rule);
      return [
        fix(document, vscode.l10n.t('Shorten: {0}', ruleText(finding.rule)), [finding], diagnostic),
        ...(same.length > 1
          ? [
              fix(
                document,
                vscode.l10n.t('Fix All of This Kind: {0}', ruleText(finding.rule)),
                same,
                diagnostic,
              ),
            ]
          : []),
        ignoreHere(document, finding, diagnostic),
      ];
    });
  }
}

function fix(
  document: vscode.TextDocument,
  title: string,
  findings: readonly CompressionFinding[],
  diagnostic: vscode.Diagnostic,
): vscode.CodeAction {
  const saved = findings.reduce((sum, { tokensSaved }) => sum + tokensSaved, 0);
  const action = new vscode.CodeAction(`${title} (${savedText(saved)})`, vscode.CodeActionKind.QuickFix);
  action.diagnostics = [diagnostic];
  action.edit = new vscode.WorkspaceEdit();
  for (const { edits } of findings)
    for (const edit of edits) action.edit.replace(document.uri, toRange(edit), edit.text);
  return action;
}

function ignoreHere(
  { uri, version }: vscode.TextDocument,
  { rule, range }: CompressionFinding,
  diagnostic: vscode.Diagnostic,
): vscode.CodeAction {
  const title = vscode.l10n.t('Ignore Here: {0}', ruleText(rule));
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  action.diagnostics = [diagnostic];
  const command: CommandId = 'touchstone.ignoreWaste';
  const given: Parameters<Commands[typeof command]> = [
    { path: uri.fsPath, version, rule, line: range.line, column: range.column },
  ];
  action.command = { title, command, arguments: given };
  return action;
}
