import * as vscode from 'vscode';
import * as z from 'zod/mini';
import type { engineCalls } from '../../protocol/calls.ts';
import { fileArgument } from '../runs/runArguments.ts';

/** What a person asks to be compared; sides as on the command line. */
export type ComparisonRequest = Pick<
  z.input<(typeof engineCalls)['compare/start']['params']>,
  'suite' | 'baseline' | 'candidate' | 'target' | 'overrides' | 'fresh'
>;

const suite = z.object({
  suite: z.string().check(z.minLength(1)),
  /** Only this target. */
  target: z.exactOptional(z.string()),
  dataset: z.exactOptional(z.string()),
  /** Only these cases of it. */
  ids: z.exactOptional(z.array(z.string()).check(z.minLength(1))),
});

/** A suite that a command was given, by the Test Explorer or another extension: checked before it is used. */
export function suiteRequest(given: unknown): Omit<ComparisonRequest, 'baseline'> | undefined {
  const { data } = suite.safeParse(given);
  if (!data) return undefined;
  const { target, dataset, ids } = data;
  return {
    suite: data.suite,
    ...(target === undefined ? {} : { target }),
    overrides: {
      ...(dataset === undefined ? {} : { datasets: [dataset] }),
      ...(ids === undefined ? {} : { filter: { names: [], tags: [], ids } }),
    },
  };
}

/** A file's path: from a lens, a menu, or the Source Control view. */
export function comparedFile(given: unknown): string | undefined {
  const resource = typeof given === 'object' && given !== null && 'resourceUri' in given;
  return fileArgument(resource ? given.resourceUri : given);
}

/** Ids of runs: of one tree node, or of all that are selected. */
export function comparedRuns(given: unknown, selected: unknown): string[] {
  const all = Array.isArray(selected) && selected.length > 0 ? selected : [given];
  const runs = all.map(
    (one) => z.object({ runId: z.string().check(z.minLength(1)) }).safeParse(one).data?.runId,
  );
  return runs.filter((id) => id !== undefined);
}

/** Files are read from the disk: what was typed is part of the candidate. */
export async function saveFiles(): Promise<void> {
  await vscode.workspace.saveAll(false);
}
