import * as vscode from 'vscode';
import type { Commands } from '../ids.ts';
import { toRange } from '../language/ranges.ts';
import { PlainError } from '../output/plainError.ts';
import type { Goal } from './compressor.ts';

type Given = NonNullable<Parameters<Commands['touchstone.compressPrompt']>[0]>;

export interface CompressRequest {
  document: vscode.TextDocument;
  within: vscode.Range | undefined;
  goal: Goal | 'ask';
}

/** The named prompt, else the one in the active editor. Throws PlainError where there is none. */
export async function readPromptRequest(given: unknown): Promise<vscode.TextDocument> {
  if (isGiven(given)) return vscode.workspace.openTextDocument(vscode.Uri.file(given.path));
  const document = vscode.window.activeTextEditor?.document;
  if (document) return document;
  throw new PlainError(vscode.l10n.t('Open a prompt to compress it.'));
}

/** Arguments come from anywhere; without any, it is about the active editor and what is selected in it. */
export async function readCompressRequest(given: unknown): Promise<CompressRequest> {
  if (isGiven(given)) {
    const { selection, goal = { level: 'safe' } } = given;
    return {
      document: await readPromptRequest(given),
      within: selection && toRange(selection),
      goal,
    };
  }
  const document = await readPromptRequest(given);
  const selection = vscode.window.activeTextEditor?.selection;
  const within = selection?.isEmpty ? undefined : selection;
  return { document, within, goal: await askLevel() };
}

async function askLevel(): Promise<CompressRequest['goal']> {
  type Item = vscode.QuickPickItem & { goal: CompressRequest['goal'] };
  const items: Item[] = [
    {
      label: vscode.l10n.t('Safe'),
      description: vscode.l10n.t('filler words and repetition'),
      goal: { level: 'safe' },
    },
    {
      label: vscode.l10n.t('Lossless'),
      description: vscode.l10n.t('whitespace and layout only'),
      goal: { level: 'lossless' },
    },
    {
      label: vscode.l10n.t('Aggressive'),
      description: vscode.l10n.t('also content repeated in other words'),
      goal: { level: 'aggressive' },
    },
    { label: vscode.l10n.t('To a token target…'), goal: 'ask' },
  ];
  const chosen = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Compress Prompt') });
  if (!chosen) throw new vscode.CancellationError();
  return chosen.goal;
}

function isGiven(given: unknown): given is Given {
  return typeof given === 'object' && given !== null && 'path' in given && typeof given.path === 'string';
}
