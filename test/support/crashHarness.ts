import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { storePath } from '../../src/engine/store/storeFile.ts';
import { startDelayServer } from './delayServer.ts';
import { stableReport } from './stableReport.ts';
import { temporaryFolder } from './temporaryFolder.ts';

export interface CrashOptions {
  /** Arguments of node that start the command line, e.g. `['dist/cli.js']`. */
  cli: readonly string[];
  runs: number;
  cases: number;
  /** Uniform in [0, 1); decides when to kill. */
  random: () => number;
}

export interface CrashOutcome {
  runs: number;
  kills: number;
  /** Kills after which at least one result was stored and one was missing. */
  partial: number;
  /** Kills after which one trial of a case was stored and the other one was missing. */
  halves: number;
}

const ATTEMPTS = 40;

/**
 * Kills runs with SIGKILL at random moments and resumes them until they are complete. Throws an
 * AssertionError when a report differs from the uninterrupted one, a stored result is lost, or a target is
 * called again for a result that was stored.
 */
export async function crashRuns(options: CrashOptions): Promise<CrashOutcome> {
  // Far slower on the second trial of a case, so that kills find cases of which one trial is stored.
  const agent = await startDelayServer(1, 60);
  const outcome: CrashOutcome = { runs: 0, kills: 0, partial: 0, halves: 0 };
  try {
    const { report, elapsedMs } = await reference(options, agent.url);
    let usualMs = elapsedMs;
    for (let run = 0; run < options.runs; run += 1) {
      // A machine that has become quicker since would never be caught in the middle.
      usualMs = Math.min(usualMs, await oneRun(options, agent, report, usualMs, outcome));
      outcome.runs += 1;
    }
  } finally {
    await agent.close();
  }
  return outcome;
}

function workspace(url: string, cases: number): string {
  const lines = Array.from({ length: cases }, (_, index) =>
    JSON.stringify({ id: `case-${index}`, input: `text ${index}`, tags: [index % 2 === 0 ? 'even' : 'odd'] }),
  );
  return temporaryFolder({
    'cases.golden.jsonl': `{"schema_version":"2.0.0","version":"1.0.0"}\n${lines.join('\n')}\n`,
    'touchstone.yaml': `suites:
  crash:
    dataset: cases.golden.jsonl
    targets: [{ name: agent, http: "${url}" }]
    evaluators: [{ contains: "3" }, { contains: text }]
    threshold: 0.5
    repeat: 2
    max_concurrency: 8
`,
  });
}

async function reference(options: CrashOptions, url: string): Promise<{ report: string; elapsedMs: number }> {
  const folder = workspace(url, options.cases);
  const started = performance.now();
  await start(options, folder, []).done;
  const report = stableReport(readFileSync(path.join(folder, 'report.json'), 'utf8'));
  return { report, elapsedMs: performance.now() - started };
}

/** Returns how long the run took where it was not killed, otherwise Infinity. */
async function oneRun(
  options: CrashOptions,
  agent: { url: string; calls: string[] },
  expected: string,
  elapsedMs: number,
  outcome: CrashOutcome,
): Promise<number> {
  const folder = workspace(agent.url, options.cases);
  let stored = new Set<string>();
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    agent.calls.length = 0;
    const started = performance.now();
    const process = start(options, folder, storedRun(folder));
    // The last attempts are left alone, so that every run comes to its end.
    const kill =
      attempt < 6 ? setTimeout(() => process.kill(), options.random() * elapsedMs * 1.1) : undefined;
    const { killed, code, err } = await process.done;
    clearTimeout(kill);
    const now = storedTrials(folder);
    for (const key of stored) assert.ok(now.has(key), `the stored result ${key} was lost`);
    const again = agent.calls.filter((key) => stored.has(key));
    assert.deepEqual(again, [], 'a target was called again for stored results');
    stored = now;
    if (!killed) {
      assert.ok(code === 0 || code === 1, err);
      assert.equal(stableReport(readFileSync(path.join(folder, 'report.json'), 'utf8')), expected);
      return attempt === 0 ? performance.now() - started : Number.POSITIVE_INFINITY;
    }
    outcome.kills += 1;
    if (stored.size > 0 && stored.size < options.cases * 2) outcome.partial += 1;
    if (Array.from(stored).some((key) => !stored.has(otherTrial(key)))) outcome.halves += 1;
  }
  assert.fail('the run did not come to its end');
}

function start(options: CrashOptions, folder: string, more: readonly string[]) {
  const argv = [...options.cli, 'eval', '--no-progress', '-o', 'report.json', ...more];
  const child = spawn(process.execPath, argv, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  let err = '';
  child.stderr.on('data', (data: Buffer) => {
    err += data;
  });
  const done = new Promise<{ killed: boolean; code: number | null; err: string }>((resolve) => {
    child.on('close', (code, signal) => resolve({ killed: signal === 'SIGKILL', code, err }));
  });
  return { done, kill: () => child.kill('SIGKILL') };
}

/** Resumes the run by its id: it may be complete, with only its report missing. */
function storedRun(folder: string): string[] {
  const [run] = query(folder, 'SELECT id FROM runs');
  return run === undefined ? [] : ['--resume', String(run.id)];
}

/** `case/trial` of every stored result. */
function storedTrials(folder: string): Set<string> {
  const rows = query(folder, 'SELECT case_index, trial FROM results');
  return new Set(rows.map((row) => `case-${row.case_index}/${row.trial}`));
}

function otherTrial(key: string): string {
  return key.endsWith('/0') ? key.replace(/0$/, '1') : key.replace(/1$/, '0');
}

function query(folder: string, sql: string): Record<string, unknown>[] {
  const file = storePath(folder);
  if (!existsSync(file)) return [];
  // Not read-only: what the killed process left half-done is rolled back first, as the next start would.
  const database = new DatabaseSync(file, { timeout: 5000 });
  try {
    return database.prepare(sql).all();
  } catch (error) {
    // Killed before the tables were there.
    if (error instanceof Error && /no such table/.test(error.message)) return [];
    throw error;
  } finally {
    database.close();
  }
}
