import * as vscode from 'vscode';
import type { TraceAction } from '../../webview/trace/traceMessages.ts';
import type { CommandId } from '../ids.ts';
import type { TraceArgument } from './traceArgument.ts';
import type { TraceNode } from './tracesView.ts';

const COMMANDS: { readonly [action in Exclude<TraceAction, 'reveal'>]: CommandId } = {
  'go-to-code': 'touchstone.traces.goToCode',
  'go-to-prompt': 'touchstone.traces.goToPrompt',
  'open-in': 'touchstone.traces.openIn',
};

/** Does what a person asked for in the panel: the same as in the menus of the tree. */
export function traceActor(tree: vscode.TreeView<TraceNode>) {
  return async (action: TraceAction, trace: TraceArgument): Promise<void> => {
    if (action !== 'reveal') await vscode.commands.executeCommand(COMMANDS[action], trace);
    else
      await tree.reveal(
        { kind: 'trace', place: 'list', traceId: trace.traceId },
        { select: true, focus: true },
      );
  };
}
