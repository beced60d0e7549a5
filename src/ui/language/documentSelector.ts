import * as vscode from 'vscode';

/** Files that this extension helps with, by their names; what they are exactly, the engine tells. Braces do not nest. */
const DATASETS = [
  '**/*.golden.{yaml,yml,json,jsonc,jsonl,ndjson}',
  '**/datasets/*.{yaml,yml,json,jsonl,ndjson}',
];
const CONFIGS = [
  '**/touchstone.{yaml,yml}',
  '**/touchstone.*.{yaml,yml}',
  '**/promptfooconfig*.{yaml,yml,json}',
];
const PROMPTS = [
  '**/*.{prompty,prompt}',
  '**/*.prompt.{yaml,yml,md}',
  '**/*.{instructions,skill,agent}.md',
  '**/{SKILL,AGENTS,CLAUDE,copilot-instructions}.md',
];

export const documentSelector = filters([...DATASETS, ...CONFIGS, ...PROMPTS]);

/** Prompts by their names. */
export const promptSelector = filters(PROMPTS);

/** Files in YAML or JSONL that complete from a schema; JSON has the editor's own completion. */
export const schemaSelector = filters([
  '**/*.golden.{yaml,yml,jsonl,ndjson}',
  '**/datasets/*.{yaml,yml,jsonl,ndjson}',
  '**/touchstone.{yaml,yml}',
  '**/touchstone.*.{yaml,yml}',
]);

export function isHelpedWith(document: vscode.TextDocument): boolean {
  return vscode.languages.match(documentSelector, document) > 0;
}

function filters(patterns: readonly string[]): vscode.DocumentFilter[] {
  return patterns.map((pattern) => ({ scheme: 'file', pattern }));
}
