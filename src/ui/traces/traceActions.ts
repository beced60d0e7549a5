import * as vscode from 'vscode';
import type { TraceAction } from '../../webview/trace/traceMessages.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { CommandId } from '../ids.ts';
import { PlainError } from '../output/plainError.ts';
import { locateTrace, type TraceTree } from './locateTrace.ts';
import type { TraceArgument } from './traceArgument.ts';
import type { TraceNode } from './tracesView.ts';

const COMMANDS: { readonly [action in Exclude<TraceAction, 'reveal' | 'open-case'>]: CommandId } = {
  'go-to-code': 'touchstone.traces.goToCode',
  'go-to-prompt': 'touchstone.traces.goToPrompt',
  'open-in': 'touchstone.traces.openIn',
  'add-to-dataset': 'touchstone.traces.addToDataset',
  compare: 'touchstone.traces.compareWith',
};

/** Does what a person asked for in the panel: the same as in the menus of the tree. */
export function traceActor(shown: vscode.TreeView<TraceNode>, tree: TraceTree) {
  const { engine } = tree;
  return async (action: TraceAction, trace: TraceArgument): Promise<void> => {
    if (action === 'open-case') await openCase(engine, trace);
    else if (action !== 'reveal') await vscode.commands.executeCommand(COMMANDS[action], trace);
    else await showInTree(trace, shown, tree);
  };
}

async function showInTree(
  trace: TraceArgument,
  shown: vscode.TreeView<TraceNode>,
  tree: TraceTree,
): Promise<void> {
  const node = await locateTrace(trace, tree);
  if (!node) throw new PlainError(vscode.l10n.t('Nothing is stored of this trace.'));
  await shown.reveal(node, { select: true, focus: true });
}

/** The result in the report of its run that the trace is of. */
async function openCase(engine: EngineClient, { traceId }: TraceArgument): Promise<void> {
  const { head } = await engine.call('traces/rows', { traceId, offset: 0, limit: 1 });
  if (head?.origin) await vscode.commands.executeCommand('touchstone.openReport', head.origin);
}
