import { deleteRun } from '../engine/runs/lifecycle/deleteRun.ts';
import { closeAll } from '../engine/runs/lifecycle/startRuns.ts';
import type { Handlers } from '../protocol/call.ts';
import type { runCalls } from '../protocol/runCalls.ts';
import { askedOverrides } from './askedOverrides.ts';
import type { ComparisonJobs } from './comparisonJobs.ts';
import { RunJobs } from './runJobs.ts';
import { type Session, storeOf } from './session.ts';
import { storedRunHandlers } from './storedRunHandlers.ts';

/** `comparisons` make runs as well, which a person may stop as any other. */
export function runHandlers(session: Session, comparisons: ComparisonJobs): Handlers<typeof runCalls> {
  const jobs = new RunJobs(session);
  return {
    'run/prepare': async ({ suite, scripts, ...asked }, signal) => {
      session.requireTrust('preparing a run');
      const engine = session.engine(await session.load(signal), scripts);
      const prepared = await engine.prepare(suite, askedOverrides(engine, asked), signal);
      const runs = prepared.map(({ inputs: { plan } }) => ({
        dataset: plan.dataset.path,
        targets: plan.targets.map(({ name }) => name),
        trials: plan.trials,
      }));
      await closeAll(prepared);
      return { runs };
    },
    'run/start': async ({ suite, scripts, ...asked }, signal) => {
      session.requireTrust('running an evaluation');
      const engine = session.engine(await session.load(signal), scripts);
      const runs = await engine.start(suite, askedOverrides(engine, asked), signal);
      return { runIds: await jobs.start(engine, runs) };
    },
    'run/resume': async ({ runId, scripts }, signal) => {
      session.requireTrust('running an evaluation');
      storeOf(session, runId).getRun(runId);
      jobs.refuseUnderWay([runId]);
      const engine = session.engine(await session.load(signal), scripts);
      const run = await engine.resume(runId, {}, signal);
      return { runIds: await jobs.start(engine, [run]) };
    },
    'run/cancel': ({ runId }) => ({ cancelled: jobs.cancel(runId) || comparisons.cancel(runId) }),
    ...storedRunHandlers(session),
    'run/delete': async ({ runId }) => {
      const known = storeOf(session, runId);
      known.getRun(runId);
      jobs.refuseUnderWay([runId, ...known.partsOf(runId)]);

      const store = session.openStore();
      await deleteRun({ ...session.ports, store, judge: (id) => session.judge(store, id) }, runId);
      return {};
    },
  };
}
