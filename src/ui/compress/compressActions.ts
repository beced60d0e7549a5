import * as vscode from 'vscode';
import type { CommandId, Commands } from '../ids.ts';
import { toSpan } from '../language/ranges.ts';
import type { Compressor } from './compressor.ts';
import { levelText } from './levelText.ts';
import { shareSaved } from './ruleTexts.ts';

const KIND = vscode.CodeActionKind.RefactorRewrite.append('compress');
const COMPRESS: CommandId = 'touchstone.compressPrompt';
const VERIFY: CommandId = 'touchstone.compressAndVerify';

/** The light bulb of a prompt: compress all of it, or what is selected. */
export class CompressActions implements vscode.CodeActionProvider {
  static readonly kinds = [KIND];
  readonly #compressor: Compressor;

  constructor(compressor: Compressor) {
    this.#compressor = compressor;
  }

  async provideCodeActions(document: vscode.TextDocument, range: vscode.Range): Promise<vscode.CodeAction[]> {
    const within = range.isEmpty ? undefined : range;
    const found = await this.#compressor.offers(document, within);
    if (!found) return [];
    const path = document.uri.fsPath;
    const selection = within ? { selection: toSpan(within) } : {};
    const actions: vscode.CodeAction[] = [];
    let least = found.before;
    for (const { level, after } of found.offers) {
      // A level that saves no more than the one before it is not worth its risk.
      if (after >= least) continue;
      least = after;
      const saved = `${levelText(level)} ${shareSaved(found.before, after)}`;
      const title = within
        ? vscode.l10n.t('Compress Selection ({0})', saved)
        : vscode.l10n.t('Compress ({0})', saved);
      actions.push(action(title, COMPRESS, { path, ...selection, goal: { level } }));
    }
    const target = within
      ? vscode.l10n.t('Compress Selection to a Token Target…')
      : vscode.l10n.t('Compress to a Token Target…');
    actions.push(action(target, COMPRESS, { path, ...selection, goal: 'ask' }));
    const safe = found.offers.find(({ level }) => level === 'safe');
    if (!within && safe && safe.after < found.before && vscode.workspace.isTrusted)
      actions.push(action(vscode.l10n.t('Compress and Verify…'), VERIFY, { path }));
    return actions;
  }
}

function action<Id extends CommandId>(
  title: string,
  command: Id,
  ...given: Parameters<Commands[Id]>
): vscode.CodeAction {
  const made = new vscode.CodeAction(title, KIND);
  made.command = { title, command, arguments: given };
  return made;
}
