import path from 'node:path';
import * as vscode from 'vscode';
import type { EngineClient } from '../engine/engineClient.ts';
import { PlainError } from '../output/plainError.ts';
import { fileArgument } from '../runs/runArguments.ts';

const DATASET = /\.golden\.(?:ya?ml|json|jsonl)$/;

/**
 * The dataset that a command is about: the given one, else the one in the active editor, else the one that the
 * person chooses. Undefined when the person goes away.
 */
export async function datasetFor(
  engine: EngineClient,
  given: unknown,
  title: string,
): Promise<vscode.TextDocument | undefined> {
  const active = vscode.window.activeTextEditor?.document;
  const file =
    fileArgument(given) ??
    (active?.uri.scheme === 'file' && DATASET.test(active.uri.path) ? active.uri.fsPath : undefined) ??
    (await pickDataset(engine, title));
  return file === undefined ? undefined : vscode.workspace.openTextDocument(file);
}

/** Absolute path of a dataset of the workspace. */
export async function pickDataset(engine: EngineClient, title: string): Promise<string | undefined> {
  const { root, datasets } = await engine.call('workspace/list', {});
  if (datasets.length === 0) {
    throw new PlainError(
      vscode.l10n.t(
        'There is no golden dataset in this workspace. Create a file such as answer.golden.yaml.',
      ),
    );
  }
  const items = datasets.map((dataset) => ({
    label: path.posix.basename(dataset),
    description: path.posix.dirname(dataset) === '.' ? '' : path.posix.dirname(dataset),
    file: path.resolve(root, dataset),
  }));
  return (await vscode.window.showQuickPick(items, { title, matchOnDescription: true }))?.file;
}
