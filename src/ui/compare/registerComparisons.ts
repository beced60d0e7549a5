import * as vscode from 'vscode';
import { registerCommand } from '../commands.ts';
import type { EditPreview } from '../datasets/editPreview.ts';
import type { FileEdits } from '../edits/fileEdits.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { promptSelector } from '../language/documentSelector.ts';
import type { Output } from '../output/output.ts';
import type { Settings } from '../settings/settings.ts';
import { ChangedPrompts, isSourceControl, pickChanged } from './changedPrompts.ts';
import { CompareLens } from './compareLens.ts';
import { registerComparisonDocuments } from './comparisonDocuments.ts';
import {
  type ComparisonRequest,
  comparedFile,
  comparedRuns,
  saveFiles,
  suiteRequest,
} from './comparisonRequest.ts';
import type { Comparisons } from './comparisons.ts';
import { pickComparison, pickModels, pickRuns, pickSuite, requestForFile } from './pickComparison.ts';

export interface ComparisonPorts {
  engine: EngineClient;
  settings: Settings;
  output: Output;
  fileEdits: FileEdits;
  preview: EditPreview;
  extensionUri: vscode.Uri;
}

export interface RegisteredComparisons extends vscode.Disposable {
  /** Opens the panel of a comparison of live pairs; false for any other run. */
  openLive(runId: string): Promise<boolean>;
}

/** The commands that compare, the lens above prompts, and the documents that panels open. */
export function registerComparisons(ports: ComparisonPorts): RegisteredComparisons {
  const { engine, settings, output, preview } = ports;
  let loaded: Promise<Comparisons> | undefined;
  const openLive = async (runId: string): Promise<boolean> => {
    const { comparison } = await engine.call('compare/open', { runId });
    if (!comparison) return false;
    loaded ??= loadComparisons(ports);
    (await loaded).show(comparison);
    return true;
  };
  const compare = async (asked: Promise<ComparisonRequest | undefined>) => {
    const request = await asked;
    if (!request) return [];
    await saveFiles();
    loaded ??= loadComparisons(ports);
    return (await loaded).start(request);
  };
  const lens = new CompareLens();
  const changed = new ChangedPrompts();
  changed.watch().catch((error: unknown) => output.log('warn', `the Git extension: ${String(error)}`));
  const registered = vscode.Disposable.from(
    lens,
    changed,
    vscode.languages.registerCodeLensProvider(promptSelector, lens),
    registerComparisonDocuments(engine),
    registerCommand(
      'touchstone.compareWithHead',
      (given) => compare(withHead({ engine, preview }, changed, given)),
      output,
    ),
    registerCommand('touchstone.compareWith', () => compare(pickComparison(engine)), output),
    registerCommand(
      'touchstone.compareRuns',
      (given, selected) => compare(pickRuns(engine, comparedRuns(given, selected))),
      output,
    ),
    registerCommand(
      'touchstone.compareModels',
      (given) => compare(pickModels(engine, settings, comparedFile(given) ?? activeFile())),
      output,
    ),
  );
  return { openLive, dispose: () => registered.dispose() };
}

/** The contract with the page costs some time to load, which a window without a comparison need not pay. */
async function loadComparisons({
  engine,
  settings,
  output,
  fileEdits,
  extensionUri,
}: ComparisonPorts): Promise<Comparisons> {
  const { Comparisons } = await import('./comparisons.ts');
  const bundle = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
  return new Comparisons({ engine, settings, output, fileEdits, bundle });
}

type HeadPorts = Pick<ComparisonPorts, 'engine' | 'preview'>;

async function withHead(
  ports: HeadPorts,
  changed: ChangedPrompts,
  given: unknown,
): Promise<ComparisonRequest | undefined> {
  const request =
    suiteRequest(given) ??
    (isSourceControl(given) ? await requestForChanged(ports, changed) : await requestForActive(ports, given));
  return request && { ...request, baseline: 'HEAD' };
}

async function requestForChanged(ports: HeadPorts, { files }: ChangedPrompts) {
  const file = await pickChanged(files);
  return file === undefined ? undefined : requestForFile(ports, file);
}

async function requestForActive(ports: HeadPorts, given: unknown) {
  const file = comparedFile(given) ?? activeFile();
  if (file !== undefined) return requestForFile(ports, file);
  const chosen = await pickSuite(ports.engine);
  return chosen && { suite: chosen.name };
}

function activeFile(): string | undefined {
  const uri = vscode.window.activeTextEditor?.document.uri;
  return uri?.scheme === 'file' ? uri.fsPath : undefined;
}
