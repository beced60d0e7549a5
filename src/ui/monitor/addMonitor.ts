import path from 'node:path';
import * as vscode from 'vscode';
import type { ResultOf } from '../../protocol/call.ts';
import type { monitorCalls } from '../../protocol/monitorCalls.ts';
import type { FileEdits } from '../edits/fileEdits.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { PlainError } from '../output/plainError.ts';
import { requireTrust } from '../trust/trust.ts';

type Choices = ResultOf<typeof monitorCalls, 'monitor/choices'>;
type Suite = Choices['suites'][number];

export interface AddMonitorPorts {
  engine: EngineClient;
  fileEdits: FileEdits;
}

const STEPS = 5;

/** Asks what is to be watched, writes a monitor into touchstone.yaml, and opens it there. */
export async function addMonitor({ engine, fileEdits }: AddMonitorPorts): Promise<void> {
  requireTrust(vscode.l10n.t('Adding a monitor'));
  const { root, configPath } = await engine.call('workspace/list', {});
  if (configPath === null)
    throw new PlainError(
      vscode.l10n.t('There is no touchstone.yaml here. Create one with “Create First Evaluation…”.'),
    );

  const choices = await engine.call('monitor/choices', {});
  const monitor = await ask(choices);
  if (!monitor) return;

  const file = path.join(root, configPath);
  let line = 1;
  await fileEdits.edit(file, async (text) => {
    const made = await engine.call('monitor/add', { text, ...monitor });
    line = made.line;
    return made;
  });
  const at = new vscode.Position(line - 1, 0);
  await vscode.window.showTextDocument(vscode.Uri.file(file), { selection: new vscode.Range(at, at) });
}

/** Undefined where the person goes away. */
async function ask(choices: Choices) {
  const suite = await pickSuite(choices.suites);
  const evaluators = suite && (await pickEvaluators(suite));
  if (!suite || !evaluators || evaluators.length === 0) return undefined;
  const match = await pickSpans(choices.services);
  const share = match && (await pickShare());
  if (!match || share === undefined) return undefined;
  const name = await askName(suite.name, choices.names);
  return name === undefined ? undefined : { name, match, share, suite: suite.name, evaluators };
}

async function pickSuite(suites: readonly Suite[]): Promise<Suite | undefined> {
  const usable = suites.filter(({ evaluators }) => evaluators.some(({ unfit }) => unfit === null));
  if (usable.length === 0)
    throw new PlainError(
      vscode.l10n.t(
        'No suite of touchstone.yaml has an evaluator that can be used on live spans, which come without an expected answer.',
      ),
    );
  const items = usable.map((suite) => ({
    label: suite.name,
    description: suite.evaluators.map(({ name }) => name).join(', '),
    suite,
  }));
  const placeHolder = vscode.l10n.t('The suite whose evaluators are used');
  return (await vscode.window.showQuickPick(items, { title: titleOf(1), placeHolder }))?.suite;
}

async function pickEvaluators({ evaluators }: Suite): Promise<number[] | undefined> {
  const items = evaluators
    .filter(({ unfit }) => unfit === null)
    .map(({ at, name, type }) => ({ label: name, description: name === type ? '' : type, picked: true, at }));
  const left = evaluators.length - items.length;
  const placeHolder =
    left === 0
      ? vscode.l10n.t('Evaluators')
      : left === 1
        ? vscode.l10n.t('Evaluators; 1 more needs an expected answer or runs a script')
        : vscode.l10n.t('Evaluators; {0} more need an expected answer or run a script', left);
  const options = { title: titleOf(2), placeHolder, canPickMany: true } as const;
  return (await vscode.window.showQuickPick(items, options))?.map(({ at }) => at);
}

async function pickSpans(services: readonly string[]): Promise<{ [key: string]: string } | undefined> {
  const ofService = services.map((service) => ({
    label: vscode.l10n.t('Answers of {0}', service),
    match: { kind: 'agent', service },
  }));
  const items = [
    ...ofService,
    { label: vscode.l10n.t('Answers of all agents'), match: { kind: 'agent' } },
    { label: vscode.l10n.t('Model calls'), match: { kind: 'model' } },
    { label: vscode.l10n.t('Tool calls'), match: { kind: 'tool' } },
    { label: vscode.l10n.t('Retrievals'), match: { kind: 'retrieval' } },
  ];
  const placeHolder = vscode.l10n.t('Which spans? More can be said in the file.');
  return (await vscode.window.showQuickPick(items, { title: titleOf(3), placeHolder }))?.match;
}

async function pickShare(): Promise<number | undefined> {
  const items = [
    { label: '100 %', share: 1 },
    { label: '50 %', share: 0.5 },
    { label: '20 %', share: 0.2 },
    { label: '5 %', share: 0.05 },
    { label: '1 %', share: 0.01 },
  ];
  const placeHolder = vscode.l10n.t('The share of the traces; judges cost money for each');
  return (await vscode.window.showQuickPick(items, { title: titleOf(4), placeHolder }))?.share;
}

async function askName(suite: string, names: readonly string[]): Promise<string | undefined> {
  const name = await vscode.window.showInputBox({
    title: titleOf(5),
    prompt: vscode.l10n.t('Name of the monitor'),
    value: names.includes(suite) ? `${suite}-live` : suite,
    validateInput: (typed) => {
      if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(typed))
        return vscode.l10n.t('Use letters, digits, ".", "_" and "-", beginning with a letter or digit.');
      return names.includes(typed) ? vscode.l10n.t('There is a monitor of this name.') : undefined;
    },
  });
  return name;
}

function titleOf(step: number): string {
  return vscode.l10n.t('Add Monitor ({0} of {1})', step, STEPS);
}
