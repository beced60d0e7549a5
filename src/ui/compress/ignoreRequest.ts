import * as vscode from 'vscode';
import type { CompressionFinding } from '../../protocol/compressCalls.ts';
import type { Commands } from '../ids.ts';
import { PlainError } from '../output/plainError.ts';

type Given = Parameters<Commands['touchstone.ignoreWaste']>[0];

/** Arguments come from anywhere: throws when they are not those of a quick fix. */
export async function readIgnoreRequest(
  given: unknown,
): Promise<{ document: vscode.TextDocument; isMeant(finding: CompressionFinding): boolean }> {
  if (!isGiven(given)) throw new PlainError(vscode.l10n.t('Use the light bulb on faded text in a prompt.'));
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(given.path));
  const isMeant = ({ rule, range }: CompressionFinding): boolean =>
    document.version === given.version &&
    rule === given.rule &&
    range.line === given.line &&
    range.column === given.column;
  return { document, isMeant };
}

function isGiven(given: unknown): given is Given {
  return typeof given === 'object' && given !== null && 'path' in given && 'rule' in given;
}
