import { writeFileSync } from 'node:fs';
import { defined } from '../../src/engine/model/defined.ts';
import { skipReason } from './skip.ts';

/** What became of a suite's tests: the counts, and whatever a person has to look at. */
export interface Outcomes {
  passed: number;
  failed: number;
  skipped: number;
  failures: Failure[];
  skips: { title: string; reason?: string }[];
  /** Tests that passed or failed only at a second try, with the error of the first. */
  retries: { title: string; error: string }[];
}

export interface Failure {
  title: string;
  /** Message and, for an assertion, the difference. */
  error: string;
  /** file:line:column as the stack has it, else the file. */
  at?: string;
}

export function noOutcomes(): Outcomes {
  return { passed: 0, failed: 0, skipped: 0, failures: [], skips: [], retries: [] };
}

export function addOutcomes(parts: readonly Outcomes[]): Outcomes {
  const total = noOutcomes();
  for (const part of parts) {
    total.passed += part.passed;
    total.failed += part.failed;
    total.skipped += part.skipped;
    total.failures.push(...part.failures);
    total.skips.push(...part.skips);
    total.retries.push(...part.retries);
  }
  return total;
}

/** Follows a mocha run; the returned object is complete when the run has ended. */
export function gatherOutcomes(runner: Mocha.Runner): Outcomes {
  const outcomes = noOutcomes();
  runner.on('pass', () => {
    outcomes.passed += 1;
  });
  runner.on('fail', (test, error: unknown) => {
    outcomes.failed += 1;
    outcomes.failures.push(failureOf(test, error));
  });
  runner.on('pending', (test) => {
    outcomes.skipped += 1;
    const reason = skipReason(test);
    outcomes.skips.push({ title: test.fullTitle(), ...defined({ reason }) });
  });
  runner.on('retry', (test, error) => {
    outcomes.retries.push({ title: test.fullTitle(), error: messageOf(error) });
  });
  return outcomes;
}

/** Leaves the outcomes where the test script looks for them. */
export function leaveOutcomes(outcomes: Outcomes): void {
  const file = process.env['TOUCHSTONE_TEST_OUTCOMES'];
  if (file) writeFileSync(file, JSON.stringify(outcomes));
}

function failureOf(test: Mocha.Runnable, error: unknown): Failure {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const at = placeOf(stack) ?? test.file;
  return { title: test.fullTitle(), error: messageOf(error), ...defined({ at }) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The innermost frame of a test or its support: that of the failed assertion, or of the call that threw. */
function placeOf(stack: string): string | undefined {
  const frames = stack.split('\n').filter((line) => /^\s*at /.test(line));
  const own = frames.find((line) => /[/\\]test[/\\]/.test(line) && !line.includes('node_modules'));
  return own?.match(/(?:file:\/\/)?((?:[A-Za-z]:)?[^\s()]+:\d+:\d+)\)?$/)?.[1];
}
