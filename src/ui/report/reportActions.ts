import * as vscode from 'vscode';
import type { EngineClient } from '../engine/engineClient.ts';
import { type RunController, throwBroken } from '../runs/runController.ts';
import { compareCaseSteps } from '../traces/compareTraces.ts';
import type { ActionRequest } from './reportPanel.ts';
import { fetchResult, openResultDiff, openTrace } from './resultDocuments.ts';
import { parsePlace } from './resultTexts.ts';
import type { RunArgument } from './runArgument.ts';

export interface ActionOptions {
  engine: EngineClient;
  runs: RunController;
  /** Shows the report of a run that was started from another one. */
  show(run: RunArgument): Promise<void>;
}

/** Does what a person asked for in a report. Rejects with what stands in the way. */
export async function actOn(request: ActionRequest, options: ActionOptions): Promise<void> {
  switch (request.action) {
    case 'open-case':
      return openCase(request, options.engine);
    case 'open-diff':
      return openResultDiff(request, request.caseId);
    case 'open-trace':
      return openTrace(request.traceId);
    case 'compare-steps':
      return compareCaseSteps(options.engine, request);
    case 'rerun-case':
      return rerunCase(request, options);
    case 'accept-output':
      return edit('touchstone.acceptOutput', request);
    case 'add-to-dataset':
      return edit('touchstone.addCase', request);
  }
}

async function openCase(request: ActionRequest, engine: EngineClient): Promise<void> {
  const { location } = await fetchResult(engine, request);
  const place = location === null ? undefined : parsePlace(location);
  if (!place) throw new Error(vscode.l10n.t('The location of this case is unknown.'));
  const { root } = await engine.call('workspace/list', {});
  const uri = vscode.Uri.joinPath(vscode.Uri.file(root), place.path);
  const at = new vscode.Position(place.line - 1, place.column - 1);
  await vscode.window.showTextDocument(uri, { selection: new vscode.Range(at, at) });
}

/**
 * As the case was run, on the same target. Its results take the place of those in the report; where something has
 * changed since, they are a run of their own, whose report is shown.
 */
async function rerunCase(request: ActionRequest, { engine, runs, show }: ActionOptions): Promise<void> {
  const { runId: partOf, caseId, target } = request;
  const { run } = await engine.call('run/summary', { runId: partOf });
  const only = { filter: { names: [], tags: [], ids: [caseId] }, targets: [target], partOf };
  const finished = await runs.start(
    { suite: run.suite, again: partOf, overrides: only },
    {
      onEvent: ({ kind, run: { runId, partOf: whole } }) => {
        if (kind === 'started' && whole === undefined) void show({ runId, caseId, target });
      },
    },
  );
  throwBroken(finished);
}

async function edit(command: string, { runId, target, caseId, trial }: ActionRequest): Promise<void> {
  await vscode.commands.executeCommand(command, { runId, target, caseId, trial });
}
