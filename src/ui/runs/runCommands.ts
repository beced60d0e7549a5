import * as vscode from 'vscode';
import type { EngineCalls } from '../../protocol/calls.ts';
import type { Suite } from '../../protocol/workspaceCalls.ts';
import { registerCommand } from '../commands.ts';
import { dateText } from '../dateText.ts';
import { isFileAt } from '../files/samePath.ts';
import { PlainError } from '../output/plainError.ts';
import { offerSuite } from '../suites/offerSuite.ts';
import { requireTrust } from '../trust/trust.ts';
import { type FinishedRun, shownRun } from './activeRun.ts';
import { pickEvaluation } from './pickEvaluation.ts';
import { allResults } from './resultPages.ts';
import { casesArgument, fileArgument, runArgument, suiteArgument } from './runArguments.ts';
import type { AskedRun, RunController } from './runController.ts';
import type { RunPorts } from './runPorts.ts';
import { endText, nameOf, progressText, withRunProgress } from './runProgress.ts';

type RunHead = EngineCalls['run/list']['result']['runs'][number];

/** The commands that begin, repeat, resume and stop evaluations. */
export function registerRunCommands(ports: RunPorts): vscode.Disposable {
  const { output } = ports;
  return vscode.Disposable.from(
    registerCommand('touchstone.runEvaluation', () => runEvaluation(ports), output),
    registerCommand('touchstone.runSuite', (given) => runSuite(ports, given), output),
    registerCommand('touchstone.runCases', (given) => runCases(ports, given), output),
    registerCommand('touchstone.runDataset', (given) => runDataset(ports, given), output),
    registerCommand('touchstone.runPrompt', (given) => runPrompt(ports, given), output),
    registerCommand('touchstone.rerunLast', (given) => rerunLast(ports, given), output),
    registerCommand('touchstone.rerunFailed', (given) => rerunFailed(ports, given), output),
    registerCommand('touchstone.resumeRun', (given) => resumeRun(ports, given), output),
    registerCommand('touchstone.stopRun', (given) => stopRun(ports, given), output),
  );
}

async function runEvaluation(ports: RunPorts): Promise<void> {
  requireTrust(vscode.l10n.t('Running an evaluation'));
  const request = await pickEvaluation(ports);
  if (request) await run(ports, request);
}

async function runSuite(ports: RunPorts, given: unknown): Promise<void> {
  const suite = suiteArgument(given);
  await (suite === undefined ? runEvaluation(ports) : run(ports, { suite }));
}

/** With every suite that runs over the dataset. */
async function runCases(ports: RunPorts, given: unknown): Promise<void> {
  const cases = casesArgument(given);
  if (!cases)
    throw new PlainError(vscode.l10n.t('Select cases to run in a dataset or in the Test Explorer.'));
  const filter = { names: [], tags: [], ids: cases.ids };
  for (const { suite, dataset } of await suitesOver(ports, cases.path))
    await run(ports, { suite: suite.name, overrides: { datasets: [dataset], filter } });
}

/** The suites that run over a dataset; of a suite with several, only this one. */
async function runDataset(ports: RunPorts, given: unknown): Promise<void> {
  const file = fileArgument(given) ?? vscode.window.activeTextEditor?.document.uri.fsPath;
  if (file === undefined) throw new PlainError(vscode.l10n.t('Open the dataset to run.'));
  for (const { suite, dataset } of await suitesOver(ports, file)) {
    const only = suite.datasets.length > 1 ? { overrides: { datasets: [dataset] } } : {};
    await run(ports, { suite: suite.name, ...only });
  }
}

/** Rejects when no suite runs over the file (absolute path). */
async function suitesOver({ engine }: RunPorts, file: string): Promise<{ suite: Suite; dataset: string }[]> {
  const { root, suites } = await engine.call('workspace/list', {});
  const chosen = suites.flatMap((suite) => {
    const dataset = suite.datasets.find((name) => isFileAt(root, name, file));
    return dataset === undefined ? [] : [{ suite, dataset }];
  });
  if (chosen.length > 0) return chosen;
  throw new PlainError(vscode.l10n.t('No suite uses this dataset. Add it to a suite in touchstone.yaml.'));
}

/** The suites that test a prompt, with only the targets that use it. */
async function runPrompt(ports: RunPorts, given: unknown): Promise<void> {
  const file = fileArgument(given) ?? vscode.window.activeTextEditor?.document.uri.fsPath;
  if (file === undefined) throw new PlainError(vscode.l10n.t('Open the prompt to run.'));
  const { root, suites } = await ports.engine.call('workspace/list', {});
  const uses = suites.flatMap((suite) => {
    const targets = suite.targets
      .filter(({ prompt }) => prompt !== undefined && isFileAt(root, prompt, file))
      .map(({ name }) => name);
    return targets.length === 0 ? [] : [{ suite, targets }];
  });
  if (uses.length === 0) return offerSuite(ports, file);
  for (const { suite, targets } of uses) await run(ports, onlyTargets(suite, targets));
}

function onlyTargets(suite: Suite, targets: string[]): AskedRun {
  return { suite: suite.name, ...(targets.length < suite.targets.length ? { overrides: { targets } } : {}) };
}

async function rerunLast(ports: RunPorts, given: unknown): Promise<void> {
  const runId = runArgument(given);
  const { lastRequest } = ports.runs;
  if (runId === undefined && lastRequest) return run(ports, lastRequest);
  const { id, suite } = await headOf(ports, runId);
  await run(ports, { suite, again: id });
}

/** The cases of a run that failed or could not be measured, on the targets where any of them did. */
async function rerunFailed(ports: RunPorts, given: unknown): Promise<void> {
  const head = await headOf(ports, runArgument(given) ?? ports.runs.latestRun);
  const rows = await allResults(ports.engine, head.id, { statuses: ['failed', 'errored'] });
  if (rows.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('No cases failed in the last run of {0}.', head.suite),
    );
    return;
  }
  const filter = { names: [], tags: [], ids: [...new Set(rows.map(({ case_id }) => case_id))] };
  const targets = [...new Set(rows.map(({ target }) => target))];
  await run(ports, { suite: head.suite, again: head.id, overrides: { targets, filter } });
}

async function resumeRun(ports: RunPorts, given: unknown): Promise<void> {
  const runId = runArgument(given) ?? (await pickInterrupted(ports));
  if (runId === undefined) return;
  await show(ports, vscode.l10n.t('Resuming'), (options) => ports.runs.resume(runId, options));
}

async function stopRun({ runs }: RunPorts, given: unknown): Promise<void> {
  const { active } = runs;
  const [only, another] = active;
  if (!only) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No evaluation is running.'));
    return;
  }
  const runId = runArgument(given) ?? (another ? await pickActive(runs) : only.runId);
  if (runId !== undefined) await runs.stop(runId);
}

/** Saves what is open, then runs with a notification that can be cancelled. */
async function run(ports: RunPorts, request: AskedRun): Promise<void> {
  requireTrust(vscode.l10n.t('Running an evaluation'));
  await vscode.workspace.saveAll(false);
  const title = vscode.l10n.t('Evaluating {0}', request.suite);
  await show(ports, title, (options) => ports.runs.start(request, options));
}

async function show(
  { output }: RunPorts,
  title: string,
  begin: Parameters<typeof withRunProgress>[1],
): Promise<void> {
  const finished = await withRunProgress(title, begin);
  // The answer to the message is not waited for: the command is done when the run is.
  void tellEnd(finished).catch((error: unknown) => output.showError(error));
}

async function tellEnd(finished: readonly FinishedRun[]): Promise<void> {
  const [first] = finished;
  if (!first) return;
  // Of an engine that died, whoever starts it again tells, and offers to resume.
  if (finished.some(({ end }) => end.outcome === 'lost')) return;
  const text = endText(finished);
  const open = vscode.l10n.t('Open Report');
  const resume = vscode.l10n.t('Resume');
  const failed = vscode.l10n.t('Re-run Failed');
  const isComplete = finished.every(({ end }) => end.outcome === 'complete');
  const passed = isComplete && finished.every(({ end }) => end.outcome === 'complete' && end.passed);
  const tell = passed ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  const hasBad = finished.some(({ run }) => run.counts.failed + run.counts.errored > 0);
  const more = isComplete ? (hasBad ? [failed] : []) : [resume];
  const answer = await tell(text, open, ...more);
  const runId = shownRun(first.run);
  if (answer === open) await vscode.commands.executeCommand('touchstone.openReport', { runId });
  if (answer === failed) await vscode.commands.executeCommand('touchstone.rerunFailed', { runId });
  if (answer === resume)
    await vscode.commands.executeCommand('touchstone.resumeRun', { runId: first.run.runId });
}

/** A stored run; the newest where none is named. */
async function headOf({ engine }: RunPorts, runId: string | undefined): Promise<RunHead> {
  const { runs } = await engine.call('run/list', { limit: 1000 });
  const head = runId === undefined ? runs[0] : runs.find(({ id }) => id === runId);
  if (head) return head;
  throw new PlainError(vscode.l10n.t('There are no runs yet. Run “Touchstone: Run Evaluation…” first.'));
}

async function pickInterrupted({ engine }: RunPorts): Promise<string | undefined> {
  const { runs } = await engine.call('run/list', { limit: 200 });
  const interrupted = runs.filter(({ state }) => state === 'interrupted');
  if (interrupted.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There are no interrupted runs.'));
    return undefined;
  }
  const items = interrupted.map(({ id, suite, created_at, counts, trials }) => ({
    label: suite,
    description: vscode.l10n.t('{0} of {1} trials', counts.passed + counts.failed + counts.errored, trials),
    detail: dateText(created_at),
    id,
  }));
  const title = vscode.l10n.t('Resume Interrupted Run');
  return (await vscode.window.showQuickPick(items, { title, matchOnDetail: true }))?.id;
}

async function pickActive({ active }: RunController): Promise<string | undefined> {
  const items = active.map((one) => ({ label: nameOf(one), description: progressText(one), id: one.runId }));
  return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Stop Evaluation') }))?.id;
}
