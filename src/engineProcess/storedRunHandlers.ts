import type { ComparisonWord } from '../engine/model/comparison.ts';
import type { TrialResult } from '../engine/model/result.ts';
import type { RunRecord } from '../engine/model/run.ts';
import { runEntry } from '../engine/reports/jsonReport.ts';
import { REPORT_FORMATS } from '../engine/reports/reportFormats.ts';
import { resultEntry } from '../engine/reports/resultEntry.ts';
import { presentRun } from '../engine/runs/lifecycle/presentRun.ts';
import { CurrentResults } from '../engine/store/currentResults.ts';
import type { RunStore } from '../engine/store/runStore.ts';
import type { Handlers } from '../protocol/call.ts';
import type { runCalls } from '../protocol/runCalls.ts';
import { reportJob } from './reportThread.ts';
import { rowPage } from './rowPage.ts';
import { type Session, storeOf } from './session.ts';

type RunHandlers = Handlers<typeof runCalls>;

/** What only looks at stored runs: lists, reports and results. */
export function storedRunHandlers(
  session: Session,
): Omit<RunHandlers, 'run/prepare' | 'run/start' | 'run/resume' | 'run/cancel' | 'run/delete'> {
  return {
    'run/list': ({ limit, what }) => {
      const { store } = session;
      if (!store) return { runs: [] };
      const again = store.runsWithParts();
      const countsOf = ({ id }: RunRecord) =>
        again.has(id) ? new CurrentResults(store, id).counts() : store.counts(id);
      const runs = what === 'comparisons' ? store.comparisons(limit) : store.evaluations(limit);
      return {
        runs: runs.map((run) => ({
          ...identity(run, session),
          counts: countsOf(run),
          ...keptVerdict(store, run),
        })),
      };
    },
    'run/summary': async ({ runId }, signal) => {
      const store = storeOf(session, runId);
      const head = await reportJob('summary', { runId }, { store, ...session.ports, signal });
      return { ...head, run: identity(store.getRun(runId), session) };
    },
    'run/results': ({ runId, filter, after, limit }, signal) =>
      rowPage(storeOf(session, runId), runId, { filter, after, limit }, signal),
    'run/result': ({ runId, caseId }) => {
      const store = storeOf(session, runId);
      const results = new CurrentResults(store, runId).resultsOfCase(caseId);
      return { results: results.map((result) => entryOf(result, runId, store)) };
    },
    'run/details': ({ runId, caseIndexes }) => {
      const store = storeOf(session, runId);
      const current = new CurrentResults(store, runId);
      const results = caseIndexes.flatMap((index) => current.resultsAt(index));
      return { results: results.map((result) => entryOf(result, runId, store)) };
    },
    'run/export': async ({ runId, file }, signal) => {
      const store = storeOf(session, runId);
      await reportJob('export', { runId, file }, { store, ...session.ports, signal });
      return {};
    },
    'run/exportFormats': () => ({
      formats: REPORT_FORMATS.map(({ endings, purpose }) => ({ endings: [...endings], purpose })),
    }),
    'run/spent': () => {
      return { todayUsd: session.store?.ledger.spentOn(session.ports.clock.now()) ?? null };
    },
  };
}

/** A run whose process died is interrupted, whatever it says itself. */
function identity(run: RunRecord, { ports: { owner } }: Session) {
  return runEntry(presentRun(run, owner));
}

/** As it was settled; a run that goes on is not what it was then. */
function keptVerdict(
  store: RunStore,
  { id, status }: RunRecord,
): { passed: boolean | null; word?: ComparisonWord } {
  const verdict = status.state === 'complete' ? store.verdicts.of(id) : undefined;
  if (!verdict) return { passed: null };
  const { passed } = verdict;
  return 'comparison' in verdict ? { passed, word: verdict.comparison.word } : { passed };
}

function entryOf(result: TrialResult, runId: string, store: RunStore) {
  return resultEntry(result, store.caseAt(runId, result.caseIndex));
}
