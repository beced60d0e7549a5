import path from 'node:path';
import type { Failure, Outcomes } from '../test/support/outcomes.ts';

/** A suite or check by its name, with what became of its tests. */
export interface SuiteOutcomes {
  suite: string;
  outcomes: Outcomes;
}

/** Lines of an error: enough for an assertion with its difference. */
const ERROR_LINES = 12;
const NO_REASON = 'no reason given';

/**
 * The end of a test log, for those who see only that: what was skipped and why, what needed a second try, what failed
 * and where, and last the counts. Places below `root` are relative to it.
 */
export function testReport(suites: readonly SuiteOutcomes[], root: string): string {
  const sections = [skippedTests(suites), secondTries(suites), failedTests(suites, root)];
  return [...sections.filter((section) => section !== ''), countsOf(suites)].join('\n\n');
}

function skippedTests(suites: readonly SuiteOutcomes[]): string {
  const byReason = new Map<string, string[]>();
  for (const { suite, outcomes } of suites)
    for (const { title, reason = NO_REASON } of outcomes.skips)
      byReason.set(reason, [...(byReason.get(reason) ?? []), `    ${suite}: ${title}`]);

  const lines = [...byReason].flatMap(([reason, titles]) => [`  ${reason}`, ...titles]);
  return section('Skipped', total(suites, 'skipped'), lines);
}

function secondTries(suites: readonly SuiteOutcomes[]): string {
  const lines = suites.flatMap(({ suite, outcomes }) =>
    outcomes.retries.flatMap(({ title, error }) => [`  ${suite}: ${title}`, ...indented(error)]),
  );
  const tries = suites.reduce((sum, { outcomes }) => sum + outcomes.retries.length, 0);
  return section('Needed a second try', tries, lines);
}

function failedTests(suites: readonly SuiteOutcomes[], root: string): string {
  const lines = suites.flatMap(({ suite, outcomes }) =>
    outcomes.failures.flatMap((failure) => [
      `  ${suite}: ${failure.title}`,
      ...(failure.at === undefined ? [] : [`    at ${relative(failure.at, root)}`]),
      ...indented(failure.error),
    ]),
  );
  return section('Failed', total(suites, 'failed'), lines);
}

function countsOf(suites: readonly SuiteOutcomes[]): string {
  const skipped = total(suites, 'skipped');
  const counts = `${total(suites, 'passed')} passed, ${total(suites, 'failed')} failed`;
  return skipped > 0 ? `${counts}, ${skipped} skipped` : counts;
}

export function total(suites: readonly SuiteOutcomes[], count: 'passed' | 'failed' | 'skipped'): number {
  return suites.reduce((sum, { outcomes }) => sum + outcomes[count], 0);
}

function section(heading: string, count: number, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [`${heading} (${count}):`, ...lines].join('\n');
}

function indented(error: Failure['error']): string[] {
  const lines = error.trimEnd().split('\n');
  const shown = lines.slice(0, ERROR_LINES).map((line) => `    ${line}`);
  return lines.length > ERROR_LINES ? [...shown, `    … ${lines.length - ERROR_LINES} more lines`] : shown;
}

function relative(place: string, root: string): string {
  return place.startsWith(root + path.sep) ? place.slice(root.length + 1) : place;
}
