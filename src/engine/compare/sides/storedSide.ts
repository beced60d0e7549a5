import type { AnswerSources } from '../../model/answerSources.ts';
import type { ComparedSide } from '../../model/comparison.ts';
import { defined } from '../../model/defined.ts';
import { contentHash } from '../../model/hash.ts';
import type { RunRecord } from '../../model/run.ts';
import type { RunStore } from '../../store/runStore.ts';
import type { SideResults } from '../pairs/pairCases.ts';

/** Stored results that make up one side. */
export interface StoredSide {
  label: string;
  runId: string;
  /** Names of its targets, as the run calls them. */
  targets: readonly string[];
}

/** A side as it is read, and how much of it was planned. */
export interface OpenedSide extends SideResults {
  run: RunRecord;
  /** Pairs of target and case that were planned. */
  plannedCases: number;
}

/** Reads a side from the store; throws ResumeError when there is no such run. */
export function openStoredSide(store: RunStore, side: StoredSide): OpenedSide {
  const run = store.getRun(side.runId);
  const { plan } = run;
  const wanted = new Set(side.targets);
  const { passed, failed, errored } = store.counts(side.runId);
  return {
    run,
    plannedCases: (plan.trials / Math.max(1, plan.targets.length * plan.repeat)) * wanted.size,
    planned: { repeat: plan.repeat, whole: passed + failed + errored >= plan.trials },
    *results() {
      for (const result of store.results(side.runId)) if (wanted.has(result.target)) yield result;
    },
    contentOf: (caseIndex) => contentOf(store, side.runId, caseIndex),
  };
}

/** What a comparison says of where a side came from. */
export function describeSide(
  side: StoredSide,
  run: RunRecord,
  reusedTrials: number,
  sources: AnswerSources | undefined,
): ComparedSide {
  const wanted = new Set(side.targets);
  return {
    label: side.label,
    runId: side.runId,
    targets: run.plan.targets
      .filter(({ name }) => wanted.has(name))
      .map(({ name, kind, hash }) => ({ name, kind, hash })),
    reusedTrials,
    ...defined({ sources }),
  };
}

/** What the target is asked and what is expected of it; names, tags and notes do not count. */
export function contentOf(store: RunStore, runId: string, caseIndex: number): string | undefined {
  const entry = store.caseAt(runId, caseIndex)?.case;
  if (!entry) return undefined;
  return caseContentHash(entry);
}

/** SHA-256 over everything in a case that decides its result. */
export function caseContentHash(entry: { [key: string]: unknown }): string {
  const { id, description, complexity, cluster, tags, metadata, ...content } = entry;
  return contentHash(content);
}
