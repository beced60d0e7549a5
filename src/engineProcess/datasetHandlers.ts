import { upgradeDataset } from '../engine/datasets/upgrade.ts';
import { resolveInside } from '../engine/files/confine.ts';
import { readText } from '../engine/files/readText.ts';
import type { LocatedCase } from '../engine/model/case.ts';
import { workspacePath } from '../engine/suites/fileReference.ts';
import { describeDataset } from '../engine/suites/listWorkspace.ts';
import type { Handlers } from '../protocol/call.ts';
import type { CaseEntry, datasetCalls } from '../protocol/datasetCalls.ts';
import { DatasetCache } from './datasetCache.ts';
import type { Session } from './session.ts';
import { textEdits } from './textEdits.ts';

export function datasetHandlers(session: Session): Handlers<typeof datasetCalls> {
  const cache = new DatasetCache();
  const locate = (given: string) => resolveInside(session.root, given, { path: given });
  return {
    'dataset/describe': ({ path }, signal) =>
      describeDataset({ root: session.root }, workspacePath(session.root, locate(path)), signal),
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
      const absolute = locate(path);
      const shown = workspacePath(session.root, absolute);
      const before = text ?? readText(absolute, shown);
      const upgrade = await upgradeDataset({ path: shown, text: before });
      return {
        from: upgrade.from,
        to: upgrade.to,
        changes: upgrade.changes,
        edits: textEdits(before, upgrade.text),
      };
    },
  };
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
