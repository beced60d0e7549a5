import path from 'node:path';
import { changedFiles, sideText } from '../engine/compare/sides/changedFiles.ts';
import { intendedChange } from '../engine/datasets/edit/intendChange.ts';
import { resolveInside } from '../engine/files/confine.ts';
import { readText } from '../engine/files/readText.ts';
import { writeStaged } from '../engine/files/writeStaged.ts';
import type { Comparison } from '../engine/model/comparison.ts';
import { sideEntry } from '../engine/reports/comparedPair.ts';
import { comparisonFormatOf } from '../engine/reports/comparisonFormats.ts';
import { comparisonEntry } from '../engine/reports/jsonComparison.ts';
import type { RunStore } from '../engine/store/runStore.ts';
import { workspacePath } from '../engine/suites/config/fileReference.ts';
import type { Handlers } from '../protocol/call.ts';
import type { EngineCalls } from '../protocol/calls.ts';
import type { compareCalls } from '../protocol/compareCalls.ts';
import { type ComparisonJobs, makeReady } from './comparisonJobs.ts';
import { datasetJob } from './datasetThread.ts';
import type { Session } from './session.ts';

type Result = EngineCalls['compare/result']['result'];

export function compareHandlers(session: Session, jobs: ComparisonJobs): Handlers<typeof compareCalls> {
  const ports = (signal: AbortSignal) => ({ environment: session.environment, signal });
  return {
    'compare/start': async ({ scripts, fresh, sequential, ...request }, signal) => {
      session.requireTrust('comparing');
      const engine = session.engine(await session.load(signal), scripts);
      const prepared = await engine.prepareComparison(request, signal);
      await makeReady(prepared, signal);
      const ready = prepared.map((one) => ({ engine, prepared: one }));
      return { comparisons: jobs.start(ready, { fresh, sequential }) };
    },
    'compare/open': ({ runId }) => ({ comparison: jobs.open(runId) ?? null }),
    'compare/cancel': ({ id }) => ({ cancelled: jobs.cancel(id) }),
    'compare/result': ({ id }) => {
      const { comparison } = jobs.finished(id);
      return {
        comparison: comparisonEntry(comparison) as unknown as Result['comparison'],
        intended: intendedOf(session.openStore(), comparison),
      };
    },
    'compare/pair': ({ id, caseId, baseline, candidate }) => {
      const runs = jobs.runsOf(id);
      const store = session.openStore();
      return {
        baseline: sideEntry(store, runs.baseline, caseId, baseline),
        candidate: sideEntry(store, runs.candidate, caseId, candidate),
      };
    },
    'compare/export': async ({ id, file }) => {
      const { comparison } = jobs.finished(id);
      const pieces = await comparisonFormatOf(file).load();
      const { random } = session.ports;
      await writeStaged({ path: file, shownAs: path.basename(file), random }, async (write) => {
        for (const piece of pieces([comparison], session.openStore())) {
          write(piece);
          // Calls of the window are answered in between.
          await new Promise((resolve) => setImmediate(resolve));
        }
      });
      return {};
    },
    'compare/files': async ({ id }, signal) => {
      const { baseline, candidate } = jobs.finished(id).prepared;
      if (baseline.files === undefined || candidate.files === undefined) return { files: [] };
      session.requireTrust('looking at a revision');
      return { files: await changedFiles(session.root, baseline.files, candidate.files, ports(signal)) };
    },
    'compare/file': async ({ id, side, path: file }, signal) => {
      session.requireTrust('looking at a revision');
      const { files = null } = jobs.finished(id).prepared[side];
      const text = await sideText(session.root, files, file, ports(signal));
      return { text, current: files === null };
    },
    'compare/intend': ({ path: given, text, caseId, reason }, signal) => {
      const absolute = resolveInside(session.root, given, { path: given });
      const shown = workspacePath(session.root, absolute);
      const source = { path: shown, text: text ?? readText(absolute, shown) };
      return datasetJob('intend', { ...source, caseId, reason }, { size: source.text.length, signal });
    },
  };
}

/** Reasons that the dataset had when the candidate was run. */
function intendedOf(store: RunStore, { cases, candidate }: Comparison): Result['intended'] {
  const reasons: Result['intended'] = {};
  for (const { change, caseId, caseIndex } of cases) {
    if (change === 'neutral') continue;
    const reason = intendedChange(store.caseAt(candidate.runId, caseIndex)?.case);
    if (reason !== undefined) reasons[caseId] = reason;
  }
  return reasons;
}
