import { datasetDrift } from '../engine/datasets/diff/drift.ts';
import { expectAnswer } from '../engine/datasets/expectAnswer.ts';
import { appendCases } from '../engine/datasets/import/appendCases.ts';
import { deriveId } from '../engine/datasets/import/caseIds.ts';
import { labelOutput, labelsOf, outputName } from '../engine/datasets/outputLabels.ts';
import { upgradeDataset } from '../engine/datasets/upgrade.ts';
import { UsageError } from '../engine/errors.ts';
import { resolveInside } from '../engine/files/confine.ts';
import { excerpt } from '../engine/files/excerpt.ts';
import { readText } from '../engine/files/readText.ts';
import type { LocatedCase } from '../engine/model/case.ts';
import type { JsonValue } from '../engine/model/json.ts';
import { workspacePath } from '../engine/suites/fileReference.ts';
import { describeDataset } from '../engine/suites/listWorkspace.ts';
import type { Handlers } from '../protocol/call.ts';
import type { CaseEntry, datasetCalls } from '../protocol/datasetCalls.ts';
import type { DatasetCache } from './datasetCache.ts';
import { importHandlers, type SourceOf } from './importHandlers.ts';
import type { Session } from './session.ts';
import { textEdits } from './textEdits.ts';

export function datasetHandlers(session: Session, cache: DatasetCache): Handlers<typeof datasetCalls> {
  const locate = (given: string) => resolveInside(session.root, given, { path: given });
  const sourceOf: SourceOf = (given, text) => {
    const absolute = locate(given);
    const shown = workspacePath(session.root, absolute);
    return { path: shown, text: text ?? readText(absolute, shown) };
  };
  return {
    'dataset/describe': ({ path }, signal) =>
      describeDataset({ root: session.root }, workspacePath(session.root, locate(path)), signal),
    'dataset/drift': ({ path }, signal) => {
      session.requireTrust('comparing with the last commit');
      const absolute = locate(path);
      return datasetDrift(absolute, workspacePath(session.root, absolute), signal);
    },
    'dataset/cases': async ({ path, offset, limit }, signal) => {
      const dataset = await cache.open(locate(path), { root: session.root, signal });
      const cases: CaseEntry[] = [];
      for await (const batch of dataset.batches({ signal })) {
        for (const located of batch)
          if (located.index >= offset && cases.length < limit) cases.push(caseEntry(located));
        if (cases.length >= limit) break;
      }
      return { path: dataset.header.path, total: dataset.count, cases };
    },
    'dataset/upgrade': async ({ path, text }) => {
      const source = sourceOf(path, text);
      const upgrade = await upgradeDataset(source);
      return {
        from: upgrade.from,
        to: upgrade.to,
        changes: upgrade.changes,
        edits: textEdits(source.text, upgrade.text),
      };
    },
    'dataset/expect': async ({ path, text, caseId, answer }) => {
      const source = sourceOf(path, text);
      const changed = await expectAnswer(source, caseId, answer);
      return { edits: textEdits(source.text, changed.text) };
    },
    'dataset/labelOf': async ({ path, caseId, output }, signal) => {
      const dataset = await cache.open(locate(path), { root: session.root, signal });
      for await (const batch of dataset.batches({ signal })) {
        const found = batch.find((located) => located.case.id === caseId);
        if (found) return { label: labelsOf(found.case).get(outputName(output)) ?? null };
      }
      return { label: null };
    },
    'dataset/label': async ({ path, text, caseId, output, label }) => {
      const source = sourceOf(path, text);
      const changed = await labelOutput(source, caseId, output, label);
      return { edits: textEdits(source.text, changed.text) };
    },
    'dataset/add': async ({ path, text, case: draft }) => {
      const source = sourceOf(path, text);
      const id = draft.id ?? deriveId((draft.messages ?? draft.input ?? null) as JsonValue);
      const { text: after, different, same } = await appendCases(source, [{ ...draft, id }]);
      if (different.length > 0 || same.length > 0) throw alreadyThere(source.path, id);
      return { caseId: id, edits: textEdits(source.text, after) };
    },
    ...importHandlers(session, sourceOf),
  };
}

function alreadyThere(path: string, id: string): UsageError {
  return new UsageError(`the dataset has a case '${excerpt(id)}' already`, {
    where: { path },
    remedy: 'Choose another id.',
  });
}

function caseEntry({ case: entry, index, location }: LocatedCase): CaseEntry {
  return {
    id: entry.id,
    index,
    line: location.line,
    column: location.column,
    ...(entry.description === undefined ? {} : { description: entry.description }),
    tags: entry.tags ?? [],
  };
}
