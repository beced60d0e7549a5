import * as vscode from 'vscode';
import { CallFailure } from '../../protocol/callFailure.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { CommandId } from '../ids.ts';
import { isCancellation, type Output } from '../output/output.ts';
import { type AskedRun, type RunController, type RunOverrides, throwBroken } from '../runs/runController.ts';
import { TestRunView } from './testRunView.ts';
import { requestsFor } from './testSelection.ts';
import { childrenOf, type TestTree } from './testTree.ts';

export interface TestPorts {
  controller: vscode.TestController;
  tree: TestTree;
  engine: EngineClient;
  runs: RunController;
  output: Output;
}

/** The ways to run from the Test Explorer: once, several times, without a judge, on every save, and against HEAD. */
export function registerProfiles(ports: TestPorts): vscode.Disposable {
  const { controller } = ports;
  const add = (label: string, isDefault: boolean, handler: RunHandler): vscode.TestRunProfile =>
    controller.createRunProfile(label, vscode.TestRunProfileKind.Run, guarded(ports, handler), isDefault);
  const run = add(vscode.l10n.t('Run'), true, (request, token) =>
    request.continuous ? runOnSave(ports, request, token) : runTests(ports, request, {}, token),
  );
  run.supportsContinuousRun = true;
  const repeated = add(vscode.l10n.t('Run with Repeats…'), false, async (request, token) => {
    const repeat = await askRepeats();
    if (repeat !== undefined) await runTests(ports, request, { repeat }, token);
  });
  const unjudged = add(vscode.l10n.t('Run without Judge'), false, (request, token) =>
    runTests(ports, request, { withoutJudge: true }, token),
  );
  const compared = add(vscode.l10n.t('Compare with HEAD'), false, (request) => compareTests(ports, request));
  return vscode.Disposable.from(run, repeated, unjudged, compared);
}

type RunHandler = (request: vscode.TestRunRequest, token: vscode.CancellationToken) => Promise<void>;

function guarded({ output }: TestPorts, handler: RunHandler): RunHandler {
  return async (request, token) => {
    try {
      await handler(request, token);
    } catch (error) {
      await output.showError(error);
    }
  };
}

/** Holds what is chosen against the last commit, one suite after the other; a panel shows each. */
async function compareTests({ controller, tree }: TestPorts, request: vscode.TestRunRequest): Promise<void> {
  await tree.discover();
  for (const { suite, overrides = {} } of await requestsFor(tree, request, childrenOf(controller.items))) {
    const { targets = [], datasets = [], filter } = overrides;
    const command: CommandId = 'touchstone.compareWithHead';
    await vscode.commands.executeCommand(command, {
      suite,
      ...(targets.length === 1 ? { target: targets[0] } : {}),
      ...(datasets.length === 1 ? { dataset: datasets[0] } : {}),
      ...(filter?.ids ? { ids: filter.ids } : {}),
    });
  }
}

/** Runs what is chosen, one suite after the other, and shows each result as it comes. */
async function runTests(
  ports: TestPorts,
  request: vscode.TestRunRequest,
  more: RunOverrides,
  token: vscode.CancellationToken,
): Promise<void> {
  const { controller, tree, engine, runs, output } = ports;
  await tree.discover();
  const wanted = await requestsFor(tree, request, childrenOf(controller.items));
  const testRun = controller.createTestRun(request);
  const view = new TestRunView(tree, engine, testRun);
  const stop = anyOf(token, testRun.token);
  try {
    for (const one of wanted) await enqueue(tree, view, one);
    for (const one of wanted) {
      if (stop.token.isCancellationRequested) break;
      try {
        const overrides = { ...one.overrides, ...more };
        const finished = await runs.start(
          { ...one, overrides },
          { token: stop.token, onEvent: (event) => view.hear(event), unobserved: true },
        );
        throwBroken(finished);
      } catch (error) {
        if (isCancellation(error)) break;
        view.fail(one.suite, messageOf(error));
        void output.showError(error);
      }
    }
  } finally {
    stop.dispose();
    await view.end();
  }
}

/** Only what is known: a suite whose cases were never looked at is shown as soon as its results come. */
async function enqueue(tree: TestTree, view: TestRunView, { suite, overrides }: AskedRun): Promise<void> {
  await tree.resolveSuite(suite, overrides?.targets);
  const ids = overrides?.filter?.ids && new Set(overrides.filter.ids);
  for (const target of tree.targetItems(suite, overrides?.targets)) {
    const cases = childrenOf(target.children).filter((item) => {
      const node = tree.nodes.get(item);
      if (node?.kind !== 'case' || !ids) return true;
      return ids.has(node.caseId) && (overrides?.datasets?.includes(node.dataset) ?? true);
    });
    view.enqueue(cases);
  }
}

/** Saves closer together than this count as one, in milliseconds. */
const SETTLE_MS = 300;

/** Until the person turns it off: each save of a file runs what it concerns; a run under way is given up. */
function runOnSave(
  ports: TestPorts,
  request: vscode.TestRunRequest,
  token: vscode.CancellationToken,
): Promise<void> {
  let current = new vscode.CancellationTokenSource();
  let timer: NodeJS.Timeout | undefined;
  let saved: vscode.Uri[] = [];
  const again = async (): Promise<void> => {
    const files = saved.splice(0);
    current.cancel();
    current = new vscode.CancellationTokenSource();
    const { token: own } = current;
    await ports.tree.refresh();
    const include = concerned(ports, request, files);
    if (include.length === 0) return;
    const chosen = new vscode.TestRunRequest(include, request.exclude, request.profile, true);
    await runTests(ports, chosen, {}, own);
  };
  const listener = vscode.workspace.onDidSaveTextDocument(({ uri }) => {
    if (uri.scheme !== 'file' || !vscode.workspace.getWorkspaceFolder(uri)) return;
    saved = [...saved, uri];
    clearTimeout(timer);
    timer = setTimeout(
      () => void again().catch((error: unknown) => ports.output.showError(error)),
      SETTLE_MS,
    );
  });
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      listener.dispose();
      current.cancel();
      resolve();
    };
    if (token.isCancellationRequested) end();
    else token.onCancellationRequested(end);
  });
}

/**
 * The chosen items that the saved files concern. A dataset concerns its suites, a prompt its targets; any other
 * file may be part of an agent or of the configuration and concerns everything.
 */
function concerned(
  { controller, tree }: TestPorts,
  { include }: vscode.TestRunRequest,
  saved: readonly vscode.Uri[],
): vscode.TestItem[] {
  const files = new Set(saved.map(({ fsPath }) => fsPath));
  const isSaved = (file: string): boolean => files.has(tree.uriOf(file).fsPath);
  const known = tree.suites.flatMap(({ datasets, targets }) => [
    ...datasets,
    ...targets.flatMap(({ prompt }) => (prompt === undefined ? [] : [prompt])),
  ]);
  const knownFiles = new Set(known.map((file) => tree.uriOf(file).fsPath));
  const concernsAll = [...files].some((file) => !knownFiles.has(file));
  return [...(include ?? childrenOf(controller.items))].filter((item) => {
    const node = tree.nodes.get(item);
    if (!node) return false;
    const { datasets, targets } = node.suite;
    const own = node.kind === 'suite' ? targets : targets.filter(({ name }) => name === node.target);
    const prompts = own.flatMap(({ prompt }) => (prompt === undefined ? [] : [prompt]));
    return concernsAll || [...datasets, ...prompts].some(isSaved);
  });
}

async function askRepeats(): Promise<number | undefined> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Run with Repeats'),
    prompt: vscode.l10n.t(
      'Number of trials per case. Cases that pass only in some trials are shown as flaky.',
    ),
    value: '3',
    validateInput: (value) =>
      /^\d{1,4}$/.test(value.trim()) && Number(value) >= 1 && Number(value) <= 1000
        ? undefined
        : vscode.l10n.t('Enter a whole number from 1 to 1000.'),
  });
  return text === undefined ? undefined : Number(text);
}

function messageOf(error: unknown): string {
  if (error instanceof CallFailure) return error.failure.message;
  return error instanceof Error ? error.message : String(error);
}

/** Cancelled as soon as one of them is. */
function anyOf(...tokens: vscode.CancellationToken[]): vscode.CancellationTokenSource {
  const source = new vscode.CancellationTokenSource();
  for (const token of tokens) {
    if (token.isCancellationRequested) source.cancel();
    token.onCancellationRequested(() => source.cancel());
  }
  return source;
}
