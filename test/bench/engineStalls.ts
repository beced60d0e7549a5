import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type * as z from 'zod';
import type { Method, ResultOf } from '../../src/protocol/call.ts';
import { engineCalls } from '../../src/protocol/calls.ts';
import { engineEvents } from '../../src/protocol/events.ts';
import { Peer } from '../../src/protocol/peer.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const CASES = 20_000;
/** Longest stall of the engine's loop, in milliseconds. */
const LIMIT_MS = 50;
const root = path.join(import.meta.dirname, '..', '..');

/**
 * How long the engine process stands still while a dataset of 20,000 cases is open in an editor and a run over it
 * streams into an open report. Prints a line for each part. On a machine that does other work, waiting for a core counts.
 */
export async function measureEngineStalls(): Promise<void> {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, 'touchstone.yaml'), CONFIG);
  writeFileSync(path.join(folder, 'large.golden.yaml'), dataset());
  const child = spawn(
    process.execPath,
    ['--import', path.join(import.meta.dirname, 'loopDelay.ts'), path.join(root, 'dist', 'engineProcess.js')],
    { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] },
  );
  const lines = createInterface(child.stderr);
  const peer = new Peer({ input: child.stdout, output: child.stdin }, engineCalls);
  const finished = Promise.withResolvers<void>();
  peer.hear(
    engineEvents,
    (event, data) => {
      if (event !== 'run/finished') return;
      if ('outcome' in data && data.outcome === 'complete') finished.resolve();
      else finished.reject(new Error(`the run ended otherwise: ${JSON.stringify(data)}`));
    },
    (event, error) =>
      finished.reject(new Error(`the event ${event} does not fit its schema: ${error.message}`)),
  );
  peer.listen();

  const { signal } = new AbortController();
  const call = <M extends Method<typeof engineCalls>>(
    method: M,
    params: z.input<(typeof engineCalls)[M]['params']>,
  ): Promise<ResultOf<typeof engineCalls, M>> => peer.call(method, params, signal);
  const stall = async (what: string): Promise<void> => {
    const told = once(lines, 'line');
    child.kill('SIGUSR2');
    const ms = Number(/longest stall (.+)/.exec(String((await told)[0]))?.[1]);
    console.log(`engine, ${what}: longest stall ${ms.toFixed(0)} ms (limit ${LIMIT_MS} ms)`);
  };

  try {
    await call('initialize', { root: folder, config: null, trusted: true, bridge: false });
    await stall('start');

    const large = { path: path.join(folder, 'large.golden.yaml'), version: 1 };
    await call('language/sync', { ...large, text: dataset() });
    await call('language/problems', large);
    await stall(`check of ${CASES} cases in an editor`);

    const [runId = ''] = (await call('run/start', { suite: 'large' })).runIds;
    await stall('begin of the run');

    let running = true;
    void finished.promise.then(() => {
      running = false;
    });
    while (running) {
      await call('run/summary', { runId });
      await call('run/list', {});
      await Promise.race([finished.promise, new Promise((resolve) => setTimeout(resolve, 1000))]);
    }
    await finished.promise;
    await stall('run that streams into a report');

    await call('run/summary', { runId });
    await stall('figures of the run');
    await call('run/export', { runId, file: path.join(folder, 'report.json') });
    await stall('export of the run');
  } finally {
    peer.close();
    child.stdin.end();
    if (child.exitCode === null) await once(child, 'exit');
  }
}

const CONFIG = `suites:
  large:
    dataset: large.golden.yaml
    targets: [{ name: echo, echo: true }]
    evaluators: [{ contains: right }]
    gate: { min_pass_rate: 0.5 }
`;

function dataset(): string {
  const cases = Array.from(
    { length: CASES },
    (_, index) => `  - id: case-${index}
    input: ${index % 5 === 0 ? 'wrong' : 'right'} question ${index}
    complexity: simple
    expected_output: { answer: right }
`,
  );
  return `schema_version: 2.0.0\nversion: 1.0.0\nmetadata: { name: large }\ntest_cases:\n${cases.join('')}`;
}
