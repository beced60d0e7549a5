import * as vscode from 'vscode';
import type { CaseResult } from '../../protocol/runEntries.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { expectationWords } from './expectationWords.ts';
import { actualText, expectedText, type Side } from './resultTexts.ts';

/** One result of a run. */
export interface ResultAddress {
  runId: string;
  target: string;
  caseIndex: number;
  trial: number;
}

const RESULT = 'touchstone-result';

/** Read-only documents of what was expected and what came back. */
export function registerResultDocuments(engine: EngineClient): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(RESULT, {
      provideTextDocumentContent: async ({ query }, token) => {
        const { side, ...address } = readQuery(query);
        const result = await fetchResult(engine, address, token);
        const words = expectationWords();
        return side === 'expected' ? expectedText(result, words) : actualText(result, words);
      },
    }),
  );
}

/** Shows what was expected beside what came back. */
export async function openResultDiff(address: ResultAddress, caseId: string): Promise<void> {
  const title = vscode.l10n.t('{0}: expected ↔ actual', caseId);
  await vscode.commands.executeCommand(
    'vscode.diff',
    resultUri(address, caseId, 'expected'),
    resultUri(address, caseId, 'actual'),
    title,
  );
}

/** The trace of a result in its panel, the agent’s own spans included. */
export async function openTrace(traceId: string): Promise<void> {
  await vscode.commands.executeCommand('touchstone.traces.open', { traceId });
}

/** Rejects when the run no longer holds the result. */
export async function fetchResult(
  engine: EngineClient,
  { runId, target, caseIndex, trial }: ResultAddress,
  token?: vscode.CancellationToken,
): Promise<CaseResult> {
  const { results } = await engine.call('run/details', { runId, caseIndexes: [caseIndex] }, token);
  const found = results.find((result) => result.target === target && result.trial === trial);
  if (found) return found;
  throw new Error(vscode.l10n.t('This run no longer contains the result.'));
}

function resultUri(address: ResultAddress, caseId: string, side: Side): vscode.Uri {
  // The name decides the language only; what it names is in the query.
  const name = caseId.replace(/[^\w.-]+/g, '_').slice(0, 80) || 'case';
  const query = JSON.stringify({ ...address, side });
  return vscode.Uri.from({ scheme: RESULT, path: `/${name}.${side}.txt`, query });
}

/** Throws for an address that was not made here: documents can be opened by their address from anywhere. */
function readQuery(query: string): ResultAddress & { side: Side } {
  const { runId, target, caseIndex, trial, side } = JSON.parse(query) as Record<string, unknown>;
  const right =
    typeof runId === 'string' &&
    typeof target === 'string' &&
    typeof caseIndex === 'number' &&
    typeof trial === 'number' &&
    (side === 'expected' || side === 'actual');
  if (right) return { runId, target, caseIndex, trial, side };
  throw new Error('this is no address of a result');
}
