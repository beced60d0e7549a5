import * as vscode from 'vscode';
import type { EngineClient } from '../engine/engineClient.ts';
import { promptSelector } from '../language/documentSelector.ts';

/** Longer texts are no prompts, in characters. */
const MOST_CHARACTERS = 2_000_000;

/** Prompts by their names, and texts that a suite may name as one: the engine tells. */
export const promptFiles: vscode.DocumentSelector = [
  ...promptSelector,
  { scheme: 'file', pattern: '**/*.{txt,md,json}' },
];

/** By its name alone. */
export function isPrompt(document: vscode.TextDocument): boolean {
  return vscode.languages.match(promptSelector, document) > 0;
}

/** Whether the engine may be asked about a document. A text that only may be a prompt starts no engine. */
export function mayBePrompt(document: vscode.TextDocument, { state }: Pick<EngineClient, 'state'>): boolean {
  if (vscode.languages.match(promptFiles, document) === 0) return false;
  if (isPrompt(document)) return true;
  return state.state === 'ready' && document.getText().length <= MOST_CHARACTERS;
}
