import type { PageHost } from '../shared/pageHost.ts';
import type { CaseKey } from './entries.ts';
import type { FromPage } from './messages.ts';
import type { ViewState } from './viewState.ts';

/**
 * The page as a file of its own: the data stand in it as blocks of JSON, written by
 * src/engine/reports/htmlComparison.ts. A case's outputs are read when they are asked for.
 */
export function standaloneHost(): PageHost<FromPage, ViewState> {
  let receive: (message: unknown) => void = () => {};

  function answer(key: CaseKey): void {
    const pair = findPair(key);
    if (pair !== undefined) receive({ type: 'pair', key, pair });
    else
      receive({ type: 'pair-missing', key, message: 'This file does not contain the outputs of this case.' });
  }

  return {
    listen: (listener) => {
      receive = listener;
      for (const block of dataBlocks('comparison'))
        receive({ type: 'comparison', comparison: JSON.parse(block.textContent), intended: {} });
    },
    send: (message) => {
      if (message.type !== 'load-pair') return;
      // Outputs follow the program in the file, so a large one may still be on its way.
      if (document.readyState !== 'loading') answer(message.key);
      else document.addEventListener('DOMContentLoaded', () => answer(message.key), { once: true });
    },
    readState: () => history.state,
    writeState: (state) => history.replaceState(state, ''),
  };
}

function dataBlocks(kind: string): HTMLScriptElement[] {
  return [...document.querySelectorAll<HTMLScriptElement>(`script[data-kind="${kind}"]`)];
}

function findPair(key: CaseKey): unknown {
  const [list] = dataBlocks('keys');
  const keys = JSON.parse(list?.textContent ?? '[]') as [string, string][];
  const place = keys.findIndex(([id, target]) => id === key.case_id && target === key.target);
  if (place < 0) return undefined;
  const block = dataBlocks('pairs').findLast(({ dataset }) => Number(dataset['first']) <= place);
  if (!block) return undefined;
  return (JSON.parse(block.textContent) as unknown[])[place - Number(block.dataset['first'])];
}
