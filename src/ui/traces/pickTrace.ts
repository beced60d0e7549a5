import * as vscode from 'vscode';
import type { TraceSummary } from '../../protocol/traceRow.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { lineText, withoutIcons } from '../output/plainText.ts';
import { traceText } from './traceTexts.ts';

/** Traces that are offered before anything is typed, and that an id may be the beginning of. */
const OFFERED = 50;
/** Typed at least so far, an id is looked up. */
const SHORTEST_ID = 4;

interface TraceItem extends vscode.QuickPickItem {
  traceId: string;
}

/** The trace that the person picks from the newest, or types the id of, or its beginning. */
export async function pickTrace(
  engine: EngineClient,
  title: string,
  typed = '',
): Promise<string | undefined> {
  const { t } = vscode.l10n;
  const pick = vscode.window.createQuickPick<TraceItem>();
  pick.title = title;
  pick.placeholder = t('Pick a trace, or enter its id or the beginning of it');
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.busy = true;
  let newest: TraceItem[] = [];
  let asked = '';

  const fill = async (): Promise<void> => {
    const { traces } = await engine.call('traces/list', {
      filter: {},
      order: 'newest',
      limit: OFFERED,
      after: null,
    });
    newest = traces.map(toItem);
    if (asked === '') pick.items = newest;
    pick.busy = false;
  };
  const find = async (text: string): Promise<void> => {
    asked = /^[0-9a-f]{4,64}$/i.test(text) && text.length >= SHORTEST_ID ? text.toLowerCase() : '';
    if (asked === '') {
      if (pick.items !== newest) pick.items = newest;
      return;
    }
    const wanted = asked;
    const { traces } = await engine.call('traces/find', { prefix: wanted, limit: OFFERED });
    if (asked === wanted) pick.items = traces.map((trace) => ({ ...toItem(trace), alwaysShow: true }));
  };

  const chosen = Promise.withResolvers<string | undefined>();
  const fail = (error: unknown) => chosen.reject(error);
  pick.onDidChangeValue((text) => void find(text.trim()).catch(fail));
  pick.onDidAccept(() => {
    const text = pick.value.trim();
    // A whole id opens what it names, also where the list has not caught up with the keys.
    chosen.resolve(
      pick.selectedItems[0]?.traceId ?? (/^[0-9a-f]{32}$/i.test(text) ? text.toLowerCase() : undefined),
    );
  });
  pick.onDidHide(() => chosen.resolve(undefined));
  pick.value = typed;
  pick.show();
  if (typed !== '') void find(typed).catch(fail);
  void fill().catch(fail);
  try {
    return await chosen.promise;
  } finally {
    pick.dispose();
  }
}

function toItem(trace: TraceSummary): TraceItem {
  return {
    label: `$(${trace.errors > 0 ? 'error' : 'list-tree'}) ${withoutIcons(lineText(trace.title))}`,
    description: traceText(trace),
    detail: trace.traceId,
    traceId: trace.traceId,
  };
}
