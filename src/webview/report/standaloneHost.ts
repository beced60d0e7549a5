import type { ResultKey } from '../../protocol/resultRow.ts';
import type { FromPage } from './messages.ts';
import type { ReportHost } from './reportHost.ts';
import { keyText } from './rowStore.ts';

/**
 * The page as a file of its own: the data stand in it as blocks of JSON, written by src/engine/reports/htmlReport.ts.
 * Rows are delivered block by block with room for drawing in between; a result's whole is read when it is asked for.
 */
export function standaloneHost(): ReportHost {
  const places = new Map<string, number>();
  let receive: (message: unknown) => void = () => {};

  function deliver(blocks: readonly HTMLScriptElement[]): void {
    const [block, ...rest] = blocks;
    if (!block) return;
    const run = block.dataset['run'] ?? '';
    const rows = JSON.parse(block.textContent) as ResultKey[];
    const first = Number(block.dataset['first']);
    for (const [index, row] of rows.entries()) places.set(placeKey(run, row), first + index);
    receive({ type: 'rows', run_id: run, rows });
    setTimeout(deliver, 0, rest);
  }

  function answer(message: FromPage & { type: 'load-case' }): void {
    const result = findResult(message.run_id, places.get(placeKey(message.run_id, message.key)));
    if (result !== undefined) receive({ type: 'case', run_id: message.run_id, result });
    else receive({ ...message, type: 'case-missing', message: 'This file does not contain the result.' });
  }

  return {
    listen: (listener) => {
      receive = listener;
      receive({ type: 'actions', available: [] });
      for (const block of dataBlocks('run')) receive({ type: 'run', head: JSON.parse(block.textContent) });
      deliver(dataBlocks('rows'));
    },
    send: (message) => {
      if (message.type !== 'load-case') return;
      // Results follow the program in the file, so a large one may still be on its way.
      if (document.readyState !== 'loading') answer(message);
      else document.addEventListener('DOMContentLoaded', () => answer(message), { once: true });
    },
    readState: () => history.state,
    writeState: (state) => history.replaceState(state, ''),
  };
}

function dataBlocks(kind: string): HTMLScriptElement[] {
  return [...document.querySelectorAll<HTMLScriptElement>(`script[data-kind="${kind}"]`)];
}

function findResult(run: string, place: number | undefined): unknown {
  if (place === undefined) return undefined;
  const block = dataBlocks('results').findLast(
    ({ dataset }) => dataset['run'] === run && Number(dataset['first']) <= place,
  );
  if (!block) return undefined;
  return (JSON.parse(block.textContent) as unknown[])[place - Number(block.dataset['first'])];
}

function placeKey(run: string, key: ResultKey): string {
  return `${run}/${keyText(key)}`;
}
