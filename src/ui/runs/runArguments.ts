import * as vscode from 'vscode';
import * as z from 'zod/mini';
import type { CaseInRun } from '../ids.ts';

/** What commands are given, by menus, lenses, panels or other extensions: checked before it is used. */
const cases = z.object({
  path: z.string().check(z.minLength(1)),
  ids: z.array(z.string()).check(z.minLength(1)),
});
const suite = z.object({ suite: z.string().check(z.minLength(1)) });
const run = z.object({ runId: z.string().check(z.minLength(1)) });
const result = z.object({
  runId: z.string().check(z.minLength(1)),
  caseId: z.string(),
  target: z.exactOptional(z.string()),
  trial: z.exactOptional(z.int()),
});
const prompt = z.object({ path: z.string().check(z.minLength(1)) });

export function casesArgument(given: unknown): z.output<typeof cases> | undefined {
  return cases.safeParse(given).data;
}

export function suiteArgument(given: unknown): string | undefined {
  return suite.safeParse(given).data?.suite;
}

export function runArgument(given: unknown): string | undefined {
  return run.safeParse(given).data?.runId;
}

export function resultArgument(given: unknown): CaseInRun | undefined {
  return result.safeParse(given).data;
}

/** A file's path: as a lens gives it, or as the menus of the explorer and of editors do. */
export function fileArgument(given: unknown): string | undefined {
  if (given instanceof vscode.Uri) return given.scheme === 'file' ? given.fsPath : undefined;
  return prompt.safeParse(given).data?.path;
}
