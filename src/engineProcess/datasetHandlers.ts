import { outputName } from '../engine/datasets/edit/outputLabels.ts';
import { deriveId } from '../engine/datasets/import/caseIds.ts';
import { UsageError } from '../engine/errors.ts';
import { resolveInside } from '../engine/files/confine.ts';
import { entryAt } from '../engine/files/entryAt.ts';
import { readText } from '../engine/files/readText.ts';
import { excerpt } from '../engine/files/text/excerpt.ts';
import type { JsonValue } from '../engine/model/json.ts';
import { workspacePath } from '../engine/suites/config/fileReference.ts';
import type { Handlers } from '../protocol/call.ts';
import type { CaseEntry, datasetCalls } from '../protocol/datasetCalls.ts';
import type { DatasetCache } from './datasetCache.ts';
import type { CaseSummary } from './datasetJobs.ts';
import { datasetJob } from './datasetThread.ts';
import { importHandlers, type SourceOf } from './importHandlers.ts';
import type { Session } from './session.ts';

export function datasetHandlers(session: Session, cache: DatasetCache): Handlers<typeof datasetCalls> {
  const locate = (given: string) => resolveInside(session.root, given, { path: given });
  const sourceOf: SourceOf = (given, text) => {
    const absolute = locate(given);
    const shown = workspacePath(session.root, absolute);
    return { path: shown, text: text ?? readText(absolute, shown) };
  };
  return {
    'dataset/describe': ({ path }, signal) => onDisk('describe', locate(path), session.root, signal),
    'dataset/drift': ({ path }, signal) => {
      session.requireTrust('comparing with the last commit');
      return onDisk('drift', locate(path), session.root, signal);
    },
    'dataset/cases': async ({ path, offset, limit }, signal) => {
      const { path: shown, cases } = await cache.cases(locate(path), { root: session.root, signal });
      const page = cases.slice(offset, offset + limit).map(caseEntry);
      return { path: shown, total: cases.length, cases: page };
    },
    'dataset/upgrade': ({ path, text }, signal) => {
      const source = sourceOf(path, text);
      return datasetJob('upgrade', source, { size: source.text.length, signal });
    },
    'dataset/expect': ({ path, text, ...answer }, signal) => {
      const source = sourceOf(path, text);
      return datasetJob('expect', { ...source, ...answer }, { size: source.text.length, signal });
    },
    'dataset/labelOf': async ({ path, caseId, output }, signal) => {
      const { cases } = await cache.cases(locate(path), { root: session.root, signal });
      return { label: cases.find(({ id }) => id === caseId)?.labels[outputName(output)] ?? null };
    },
    'dataset/label': ({ path, text, ...labelling }, signal) => {
      const source = sourceOf(path, text);
      return datasetJob('label', { ...source, ...labelling }, { size: source.text.length, signal });
    },
    'dataset/add': async ({ path, text, case: draft }, signal) => {
      const source = sourceOf(path, text);
      const id = draft.id ?? deriveId((draft.messages ?? draft.input ?? null) as JsonValue);
      const { different, same, edits } = await datasetJob(
        'append',
        { ...source, cases: [{ ...draft, id }] },
        { size: source.text.length, signal },
      );
      if (different.length > 0 || same.length > 0) throw alreadyThere(source.path, id);
      return { caseId: id, edits };
    },
    ...importHandlers(session, sourceOf),
  };
}

/** A job on a file as it is on the disk; one that is missing is told by the job. */
function onDisk<J extends 'describe' | 'drift'>(job: J, absolute: string, root: string, signal: AbortSignal) {
  const size = entryAt(absolute)?.size ?? 0;
  return datasetJob(job, { root, path: workspacePath(root, absolute) }, { size, signal });
}

function alreadyThere(path: string, id: string): UsageError {
  return new UsageError(`the dataset has a case '${excerpt(id)}' already`, {
    where: { path },
    remedy: 'Choose another id.',
  });
}

function caseEntry({ id, index, location: { line, column }, description, tags }: CaseSummary): CaseEntry {
  return { id, index, line, column, ...(description === undefined ? {} : { description }), tags };
}
