import * as vscode from 'vscode';
import { registerCommand } from '../commands.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { promptSelector } from '../language/documentSelector.ts';
import type { Output } from '../output/output.ts';
import type { Settings } from '../settings/settings.ts';
import { CompressActions } from './compressActions.ts';
import { compressPrompt } from './compressCommand.ts';
import { Compressor } from './compressor.ts';
import { ignore } from './ignored.ts';
import { readIgnoreRequest } from './ignoreRequest.ts';
import { Waste } from './waste.ts';
import { WasteFixes } from './wasteFixes.ts';

/** Compression of prompts in the editor: faded hints, light bulbs, and the edit with its preview. */
export function registerCompress(
  engine: EngineClient,
  settings: Settings,
  memory: vscode.Memento,
  output: Output,
): vscode.Disposable {
  const compressor = new Compressor(engine, settings, output);
  const waste = new Waste(compressor, settings, memory);
  const { languages } = vscode;
  const ignoreWaste = async (given: unknown): Promise<void> => {
    const { document, isMeant } = await readIgnoreRequest(given);
    const finding = waste.at(document)?.findings.find(isMeant);
    if (!finding) return;
    await ignore(memory, document, finding);
    waste.refresh(document);
  };
  return vscode.Disposable.from(
    waste,
    languages.registerCodeActionsProvider(promptSelector, new CompressActions(compressor), {
      providedCodeActionKinds: CompressActions.kinds,
    }),
    languages.registerCodeActionsProvider(promptSelector, new WasteFixes(waste), {
      providedCodeActionKinds: WasteFixes.kinds,
    }),
    registerCommand('touchstone.compressPrompt', (given) => compressPrompt(given, compressor), output),
    registerCommand('touchstone.ignoreWaste', ignoreWaste, output),
  );
}
