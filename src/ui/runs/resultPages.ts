import type { EngineCalls } from '../../protocol/calls.ts';
import type { EngineClient } from '../engine/engineClient.ts';

type Page = EngineCalls['run/results']['result'];
type Filter = EngineCalls['run/results']['params']['filter'];

/** Rows of one call; what is asked of the engine in between waits no longer than this takes. */
const PAGE = 2_000;

/** All results of a run that a filter lets through, page by page; a page may be empty. */
export async function* resultPages(
  engine: Pick<EngineClient, 'call'>,
  runId: string,
  filter?: Filter,
  signal?: AbortSignal,
): AsyncGenerator<Page['rows'], void> {
  let after: Page['next'] = null;
  do {
    const wanted = { runId, after, limit: PAGE, ...(filter ? { filter } : {}) };
    const page: Page = await engine.call('run/results', wanted, signal);
    yield page.rows;
    after = page.next;
  } while (after !== null);
}

/** As `resultPages`, all of them together. */
export async function allResults(
  engine: Pick<EngineClient, 'call'>,
  runId: string,
  filter: Filter,
): Promise<Page['rows']> {
  const rows: Page['rows'] = [];
  for await (const page of resultPages(engine, runId, filter)) rows.push(...page);
  return rows;
}
