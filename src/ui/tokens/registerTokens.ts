import * as vscode from 'vscode';
import { registerCommand } from '../commands.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Output } from '../output/output.ts';
import type { Settings } from '../settings/settings.ts';
import { PromptCounts } from './promptCounts.ts';
import { promptFiles } from './promptFiles.ts';
import { SelectionCount } from './selectionCount.ts';
import { showTokens } from './showTokens.ts';
import { TokenHover } from './tokenHover.ts';
import { TokenLenses } from './tokenLenses.ts';
import { VariableHints } from './variableHints.ts';

/** Tokens and cost while one writes. All of it is counted by the engine. */
export function registerTokens(engine: EngineClient, settings: Settings, output: Output): vscode.Disposable {
  const counts = new PromptCounts(engine, settings, output);
  const { languages } = vscode;
  return vscode.Disposable.from(
    counts,
    new SelectionCount(engine, settings, counts, output),
    languages.registerCodeLensProvider(promptFiles, new TokenLenses(counts)),
    languages.registerHoverProvider(promptFiles, new TokenHover(counts)),
    languages.registerInlayHintsProvider(promptFiles, new VariableHints(counts)),
    registerCommand('touchstone.showTokens', (prompt) => showTokens(prompt, counts, settings), output),
  );
}
