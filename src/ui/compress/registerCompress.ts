import * as vscode from 'vscode';
import { registerCommand } from '../commands.ts';
import type { EditPreview } from '../datasets/editPreview.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Output } from '../output/output.ts';
import type { Settings } from '../settings/settings.ts';
import { promptFiles } from '../tokens/promptFiles.ts';
import { CompressActions } from './compressActions.ts';
import { compressPrompt } from './compressCommand.ts';
import { Compressor } from './compressor.ts';
import { ignore } from './ignored.ts';
import { readIgnoreRequest } from './ignoreRequest.ts';
import { compressAndVerify } from './verifyCommand.ts';
import { Waste } from './waste.ts';
import { WasteFixes } from './wasteFixes.ts';

export interface CompressPorts {
  engine: EngineClient;
  settings: Settings;
  /** Of the workspace: what is to be left alone. */
  memory: vscode.Memento;
  preview: EditPreview;
  output: Output;
}

/** Compression of prompts in the editor: faded hints, light bulbs, and the edit with its preview. */
export function registerCompress({
  engine,
  settings,
  memory,
  preview,
  output,
}: CompressPorts): vscode.Disposable {
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
    languages.registerCodeActionsProvider(promptFiles, new CompressActions(compressor), {
      providedCodeActionKinds: CompressActions.kinds,
    }),
    languages.registerCodeActionsProvider(promptFiles, new WasteFixes(waste), {
      providedCodeActionKinds: WasteFixes.kinds,
    }),
    registerCommand(
      'touchstone.compressPrompt',
      (given) => compressPrompt(given, compressor, preview),
      output,
    ),
    registerCommand(
      'touchstone.compressAndVerify',
      (given) => compressAndVerify(given, { engine, settings, compressor, preview }),
      output,
    ),
    registerCommand('touchstone.ignoreWaste', ignoreWaste, output),
  );
}
