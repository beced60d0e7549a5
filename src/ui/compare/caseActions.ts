import path from 'node:path';
import * as vscode from 'vscode';
import type { CaseResult } from '../../protocol/runEntries.ts';
import type { CaseEntry } from '../../webview/compare/entries.ts';
import type { CaseAction } from '../../webview/compare/messages.ts';
import type { FileEdits } from '../edits/fileEdits.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { PlainError } from '../output/plainError.ts';
import { openTrace } from '../report/resultDocuments.ts';
import { parsePlace } from '../report/resultTexts.ts';
import { showTraces } from '../traces/compareTraces.ts';
import { openOutputDiff } from './comparisonDocuments.ts';

/** One case of a comparison, as a person acts on it. */
export interface CaseInComparison {
  engine: EngineClient;
  fileEdits: FileEdits;
  comparisonId: string;
  entry: CaseEntry;
  candidateRun: string;
  rerun(): Promise<void>;
  /** The page is told why the change was meant. */
  intended(reason: string): void;
}

/** Does what a person asked for in the page of a comparison. Rejects with what stands in the way. */
export async function actOnCase(action: CaseAction, on: CaseInComparison): Promise<void> {
  const { entry, comparisonId: id } = on;
  const { case_id: caseId, baseline, candidate } = entry;
  switch (action) {
    case 'open-diff':
      return openOutputDiff(
        { id, caseId, baseline: trialOf(baseline), candidate: trialOf(candidate) },
        vscode.l10n.t('{0}: baseline ↔ candidate', caseId),
      );
    case 'open-case':
      return openCase(on);
    case 'rerun-pair':
      return on.rerun();
    case 'mark-intended':
      return markIntended(on);
    case 'accept-candidate':
      await vscode.commands.executeCommand('touchstone.acceptOutput', {
        runId: on.candidateRun,
        caseId,
        ...trialOf(candidate),
      });
      return;
    case 'trace-baseline':
      return openTrace(baseline.trace_id);
    case 'trace-candidate':
      return openTrace(candidate.trace_id);
    case 'compare-steps':
      return showTraces(
        baseline.trace_id,
        candidate.trace_id,
        vscode.l10n.t('Steps of {0}: baseline ↔ candidate', caseId),
      );
  }
}

export function trialOf({ target, trial }: { target: string; trial: number }) {
  return { target, trial };
}

async function openCase(on: CaseInComparison): Promise<void> {
  const { file, line, column } = await placeOf(on);
  const at = new vscode.Position(line - 1, column - 1);
  await vscode.window.showTextDocument(vscode.Uri.file(file), { selection: new vscode.Range(at, at) });
}

/** The reason is recorded in the case; like any edit it can be undone. */
async function markIntended(on: CaseInComparison): Promise<void> {
  const { engine, entry } = on;
  const reason = await vscode.window.showInputBox({
    title: vscode.l10n.t('Mark as Intended: {0}', entry.case_id),
    prompt: vscode.l10n.t('Why this change is intended. The reason is recorded in the dataset.'),
    validateInput: (text) => (text.trim() === '' ? vscode.l10n.t('Give a reason.') : undefined),
  });
  if (reason === undefined) return;
  const { file } = await placeOf(on);
  await on.fileEdits.edit(file, (text) =>
    engine.call('compare/intend', { path: file, text, caseId: entry.case_id, reason: reason.trim() }),
  );
  on.intended(reason.trim());
}

async function placeOf({ engine, comparisonId: id, entry }: CaseInComparison) {
  const { case_id: caseId, baseline, candidate } = entry;
  const pair = await engine.call('compare/pair', {
    id,
    caseId,
    baseline: trialOf(baseline),
    candidate: trialOf(candidate),
  });
  const result: CaseResult | null = pair.candidate ?? pair.baseline;
  const place = result?.location ? parsePlace(result.location) : undefined;
  if (!place) throw new PlainError(vscode.l10n.t('The location of this case is unknown.'));
  const { root } = await engine.call('workspace/list', {});
  return { ...place, file: path.resolve(root, place.path) };
}
