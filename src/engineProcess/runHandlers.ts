import { ResumeError } from '../engine/errors.ts';
import type { TrialResult } from '../engine/model/result.ts';
import type { RunPlan, RunRecord } from '../engine/model/run.ts';
import { runEntry } from '../engine/reports/jsonReport.ts';
import { REPORT_FORMATS } from '../engine/reports/reportFormats.ts';
import { resultEntry } from '../engine/reports/resultEntry.ts';
import type { PreparedRun, RunOverrides } from '../engine/runs/preparation/prepareRun.ts';
import { CurrentResults } from '../engine/store/currentResults.ts';
import type { RunStore } from '../engine/store/runStore.ts';
import type { Handlers } from '../protocol/call.ts';
import type { runCalls } from '../protocol/runCalls.ts';
import type { ComparisonJobs } from './comparisonJobs.ts';
import { reportJob } from './reportThread.ts';
import { rowPage } from './rowPage.ts';
import { RunJobs } from './runJobs.ts';
import { type Session, storeOf } from './session.ts';

/** `comparisons` make runs as well, which a person may stop as any other. */
export function runHandlers(session: Session, comparisons: ComparisonJobs): Handlers<typeof runCalls> {
  const jobs = new RunJobs(session);
  return {
    'run/prepare': async ({ suite, overrides, scripts }, signal) => {
      session.requireTrust('preparing a run');
      const engine = session.engine(await session.load(signal), scripts);
      const prepared = await engine.prepare(suite, overrides, signal);
      const runs = prepared.map(({ inputs: { plan } }) => ({
        dataset: plan.dataset.path,
        targets: plan.targets.map(({ name }) => name),
        trials: plan.trials,
      }));
      await closeAll(prepared);
      return { runs };
    },
    'run/start': async ({ suite, overrides, scripts, resume }, signal) => {
      session.requireTrust('running an evaluation');
      return { runIds: await start(session, jobs, { suite, overrides, scripts, resume }, signal) };
    },
    'run/resume': async ({ runId, scripts }, signal) => {
      session.requireTrust('running an evaluation');
      const { plan } = storeOf(session, runId).getRun(runId);
      const { suite } = plan;
      const overrides = overridesOf(plan);
      return { runIds: await start(session, jobs, { suite, overrides, scripts, resume: runId }, signal) };
    },
    'run/cancel': ({ runId }) => ({ cancelled: jobs.cancel(runId) || comparisons.cancel(runId) }),
    'run/list': ({ limit }) => {
      const { store } = session;
      if (!store) return { runs: [] };
      const again = store.runsWithParts();
      const countsOf = ({ id }: RunRecord) =>
        again.has(id) ? new CurrentResults(store, id).counts() : store.counts(id);
      const runs = store.listRuns(limit, { parts: false });
      return { runs: runs.map((run) => ({ ...identity(run, session), counts: countsOf(run) })) };
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
    'run/trace': ({ traceId }) => ({
      spans: session.store?.spans(traceId) ?? [],
      logs: session.store?.logs(traceId) ?? [],
    }),
    'run/delete': ({ runId }) => {
      storeOf(session, runId).getRun(runId);
      session.openStore().deleteRun(runId, session.ports.owner, session.ports.clock.now());
      return {};
    },
  };
}

interface StartOptions {
  suite: string;
  overrides: RunOverrides;
  scripts: boolean;
  resume: string | undefined;
}

async function start(
  session: Session,
  jobs: RunJobs,
  { suite, overrides, scripts, resume }: StartOptions,
  signal: AbortSignal,
): Promise<string[]> {
  const engine = session.engine(await session.load(signal), scripts);
  const prepared = await engine.prepare(suite, overrides, signal);
  const chosen = resume === undefined ? prepared : await onlyThat(prepared, engine.store.getRun(resume));
  try {
    // A key that is missing is told before anything is stored.
    for (const one of chosen) await one.ready(signal);
    signal.throwIfAborted();
  } catch (error) {
    await closeAll(chosen);
    throw error;
  }
  return jobs.start(engine, chosen, resume);
}

/** What was said differently for a stored run. */
function overridesOf({ filter, repeat, seed, model, targets, dataset, leftOut }: RunPlan): RunOverrides {
  return {
    filter,
    repeat,
    seed,
    ...(model === undefined ? {} : { model }),
    ...(leftOut?.targets ? { targets: targets.map(({ name }) => name) } : {}),
    ...(leftOut?.judge ? { withoutJudge: true } : {}),
    // None of its ids may be in the suite's other datasets.
    ...(filter.ids ? { datasets: [dataset.path] } : {}),
  };
}

/** Of a suite's runs, the one over the dataset of the stored run. */
async function onlyThat(prepared: readonly PreparedRun[], { id, plan }: RunRecord): Promise<PreparedRun[]> {
  const chosen = prepared.find(({ inputs }) => inputs.plan.dataset.path === plan.dataset.path);
  await closeAll(prepared.filter((run) => run !== chosen));
  if (chosen) return [chosen];
  throw new ResumeError(
    `run ${id} cannot be resumed: its dataset ${plan.dataset.path} is no longer in the suite`,
    {
      remedy: 'Put it back to go on with the run, or start a new one.',
    },
  );
}

async function closeAll(prepared: readonly PreparedRun[]): Promise<void> {
  await Promise.all(prepared.map((run) => run.close()));
}

/** A run whose process died is interrupted, whatever it says itself. */
function identity(run: RunRecord, { ports: { owner } }: Session) {
  const entry = runEntry(run);
  if (run.status.state !== 'running') return entry;
  const { pid, host, started } = run.status.owner;
  const dead = host === owner.host && owner.alive(pid, started) === false;
  return dead ? { ...entry, state: 'interrupted' as const } : entry;
}

function entryOf(result: TrialResult, runId: string, store: RunStore) {
  return resultEntry(result, store.caseAt(runId, result.caseIndex));
}
