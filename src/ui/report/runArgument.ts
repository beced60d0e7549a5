import * as vscode from 'vscode';
import { dateText } from '../dateText.ts';
import type { EngineClient } from '../engine/engineClient.ts';

/** A run that a command was given: by another command, a tree's node, or a link. */
export interface RunArgument {
  runId: string;
  caseId?: string;
  /** Of the case's results, the one of this target. */
  target?: string;
}

/** What a command was given, checked; undefined for anything that names no run. */
export function readRunArgument(given: unknown): RunArgument | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const { runId, caseId, target } = given as { [name: string]: unknown };
  if (typeof runId !== 'string' || runId === '') return undefined;
  return {
    runId,
    ...(typeof caseId === 'string' ? { caseId } : {}),
    ...(typeof target === 'string' ? { target } : {}),
  };
}

/** The run that a command was given, or else the one that the person picks. */
export async function runFrom(given: unknown, engine: EngineClient): Promise<RunArgument | undefined> {
  return readRunArgument(given) ?? (await pickRun(engine));
}

async function pickRun(engine: EngineClient): Promise<RunArgument | undefined> {
  const runs = engine.call('run/list', {}).then((list) =>
    list.runs.map(({ id, suite, created_at, counts, trials }) => ({
      label: suite,
      description: dateText(created_at),
      detail: vscode.l10n.t('{0} of {1} passed', counts.passed, trials),
      runId: id,
    })),
  );
  const placeHolder = vscode.l10n.t('Which run?');
  if ((await runs).length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No runs yet.'));
    return undefined;
  }
  return vscode.window.showQuickPick(runs, { placeHolder, matchOnDescription: true });
}
