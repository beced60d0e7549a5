import * as vscode from 'vscode';
import { promptSelector } from '../language/documentSelector.ts';

/** Prompts by their names, and texts that a suite may name as one: the engine tells. */
export const promptFiles: vscode.DocumentSelector = [
  ...promptSelector,
  { scheme: 'file', pattern: '**/*.{txt,md,json}' },
];

/** By its name alone. */
export function isPrompt(document: vscode.TextDocument): boolean {
  return vscode.languages.match(promptSelector, document) > 0;
}
