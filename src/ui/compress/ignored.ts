import * as vscode from 'vscode';
import type { CompressionFinding } from '../../protocol/compressCalls.ts';
import { toRange } from '../language/ranges.ts';

const KEY = 'touchstone.ignoredWaste';
/** Oldest are forgotten first. */
const MOST = 1_000;

/**
 * A finding that a person wants to be left alone: its rule and its text, so that it stays ignored when the
 * prompt changes elsewhere. Kept in the window's memory of the workspace, because a mark in the prompt would
 * itself cost tokens.
 */
function nameOf(document: vscode.TextDocument, { rule, range }: CompressionFinding): string {
  const path = vscode.workspace.asRelativePath(document.uri);
  return JSON.stringify([path, rule, document.getText(toRange(range))]);
}

/** Tells which findings of a document are ignored. */
export function ignoredIn(
  memory: vscode.Memento,
  document: vscode.TextDocument,
): (finding: CompressionFinding) => boolean {
  const names = new Set(memory.get<string[]>(KEY, []));
  return (finding) => names.size > 0 && names.has(nameOf(document, finding));
}

export async function ignore(
  memory: vscode.Memento,
  document: vscode.TextDocument,
  finding: CompressionFinding,
): Promise<void> {
  const names = memory.get<string[]>(KEY, []);
  await memory.update(KEY, [...names, nameOf(document, finding)].slice(-MOST));
}
