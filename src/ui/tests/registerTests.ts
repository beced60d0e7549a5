import path from 'node:path';
import * as vscode from 'vscode';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Output } from '../output/output.ts';
import type { RunController } from '../runs/runController.ts';
import { registerProfiles } from './testProfiles.ts';
import { TestRunView } from './testRunView.ts';
import { TestTree } from './testTree.ts';

/** Changes closer together than this are looked at once, in milliseconds. */
const SETTLE_MS = 300;
/** Files that can change which suites and cases there are. */
const WATCHED = '**/*.{yaml,yml,json,jsonl,csv,prompty,prompt}';
const IGNORED = /[\\/](?:node_modules|\.git|\.touchstone)[\\/]/;

export interface Tests extends vscode.Disposable {
  readonly controller: vscode.TestController;
  readonly tree: TestTree;
}

/** The Test Explorer: suites, targets and cases, kept up to date, and the results of every run. */
export function registerTests(engine: EngineClient, runs: RunController, output: Output): Tests {
  const controller = vscode.tests.createTestController('touchstone', vscode.l10n.t('Touchstone'));
  const tree = new TestTree(controller, engine);
  const guard = (work: Promise<void>): Promise<void> =>
    work.catch((error: unknown) => output.log('warn', `the tests could not be read: ${String(error)}`));

  controller.resolveHandler = (item) => guard(tree.resolve(item));
  controller.refreshHandler = () => guard(tree.refresh());

  const disposables = [
    controller,
    registerProfiles({ controller, tree, engine, runs, output }),
    watchFiles(() => guard(tree.isDiscovered ? tree.refresh() : Promise.resolve())),
    watchEditors((uri) => guard(tree.resolveFile(uri))),
    onOtherEngine(engine, () => guard(tree.isDiscovered ? tree.refresh() : Promise.resolve())),
    runs.onRequest(() => observe(controller, tree, engine)),
  ];
  return { controller, tree, dispose: () => vscode.Disposable.from(...disposables).dispose() };
}

/** Shows a run that was started elsewhere, e.g. from the command palette. */
function observe(controller: vscode.TestController, tree: TestTree, engine: EngineClient) {
  let view: TestRunView | undefined;
  return {
    onEvent: (event: Parameters<TestRunView['hear']>[0]) => {
      view ??= new TestRunView(
        tree,
        engine,
        controller.createTestRun(new vscode.TestRunRequest(), event.run.suite),
      );
      view.hear(event);
    },
    onEnd: () => void view?.end(),
  };
}

/** Another engine may serve another folder or configuration than the one before. */
function onOtherEngine(engine: EngineClient, changed: () => void): vscode.Disposable {
  let before: number | undefined;
  return engine.onDidChangeState((now) => {
    if (now.state !== 'ready') return;
    if (before !== undefined && before !== now.pid) changed();
    before = now.pid;
  });
}

function watchFiles(changed: () => void): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher(WATCHED);
  let timer: NodeJS.Timeout | undefined;
  const hear = ({ fsPath }: vscode.Uri): void => {
    if (IGNORED.test(fsPath)) return;
    clearTimeout(timer);
    timer = setTimeout(changed, SETTLE_MS);
  };
  return vscode.Disposable.from(
    watcher,
    watcher.onDidChange(hear),
    watcher.onDidCreate(hear),
    watcher.onDidDelete(hear),
    new vscode.Disposable(() => clearTimeout(timer)),
  );
}

/** A dataset that is opened gets its icons without the Test Explorer being looked at. */
function watchEditors(opened: (uri: vscode.Uri) => void): vscode.Disposable {
  const look = (editor: vscode.TextEditor | undefined): void => {
    if (editor && mayHoldCases(editor.document.uri)) opened(editor.document.uri);
  };
  for (const editor of vscode.window.visibleTextEditors) look(editor);
  return vscode.window.onDidChangeActiveTextEditor(look);
}

function mayHoldCases({ scheme, fsPath }: vscode.Uri): boolean {
  if (scheme !== 'file') return false;
  const inFolder = path.basename(path.dirname(fsPath)) === 'datasets';
  return (
    /\.golden\.(?:ya?ml|json|jsonl)$|^promptfooconfig/.test(path.basename(fsPath)) ||
    (inFolder && /\.(?:ya?ml|json|jsonl)$/.test(fsPath))
  );
}
