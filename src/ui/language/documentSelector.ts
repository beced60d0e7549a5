import * as vscode from 'vscode';

/** Files that this extension helps with, by their names; what they are exactly, the engine tells. */
const DATASETS = '**/{*.golden.{yaml,yml,json,jsonc,jsonl,ndjson},datasets/*.{yaml,yml,json,jsonl,ndjson}}';
const CONFIGS = '**/{touchstone{,.*}.{yaml,yml},promptfooconfig*.{yaml,yml,json}}';
const PROMPTS =
  '**/{*.{prompty,prompt},*.prompt.{yaml,yml,md},*.{instructions,skill,agent}.md,{SKILL,AGENTS,CLAUDE,copilot-instructions}.md}';

export const documentSelector: vscode.DocumentSelector = [DATASETS, CONFIGS, PROMPTS].map((pattern) => ({
  scheme: 'file',
  pattern,
}));

/** Files in YAML or JSONL that complete from a schema; JSON has the editor's own completion. */
export const schemaSelector: vscode.DocumentSelector = [
  { scheme: 'file', pattern: '**/{*.golden,datasets/*}.{yaml,yml,jsonl,ndjson}' },
  { scheme: 'file', pattern: '**/touchstone{,.*}.{yaml,yml}' },
];

export function isHelpedWith(document: vscode.TextDocument): boolean {
  return vscode.languages.match(documentSelector, document) > 0;
}
