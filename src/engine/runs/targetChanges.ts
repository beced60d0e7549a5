import type { PlanTarget } from '../model/run.ts';

/** What a target takes from outside the workspace and has another value now, in plain words. */
export function environmentChanges(
  { environment: before = {} }: Pick<PlanTarget, 'environment'>,
  { environment: after = {} }: Pick<PlanTarget, 'environment'>,
): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => {
    if (before[name] === after[name]) return [];
    // What is no name of a variable is a file that holds some.
    if (!/^\w+$/.test(name)) return [`${name} changed`];
    return [`the environment variable ${name} has another value`];
  });
}

/** The first few names of files, for a sentence. */
export function fewNames(files: readonly string[]): string {
  const shown = files.slice(0, 3).join(', ');
  return files.length > 3 ? `${shown} and ${files.length - 3} more` : shown;
}
