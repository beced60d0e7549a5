// Calls per second, and processor time of each, through an HTTP target with 50 ms latency, against a bare fetch loop in the
// same process.
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { openEngine } from '../../src/cli/openEngine.ts';
import { processEnvironment } from '../../src/engine/ports.ts';
import { loadWorkspace } from '../../src/engine/suites/loadWorkspace.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const LATENCY_MS = 50;
const ROUNDS = 3;
const root = path.join(import.meta.dirname, '..', '..');

/** The server has a process of its own, so that it does not share our core. */
async function startServer(): Promise<{ url: string; close(): void }> {
  const child = fork(path.join(root, 'test', 'support', 'delayServerProcess.ts'), [String(LATENCY_MS)]);
  const url = await new Promise<string>((resolve) =>
    child.once('message', (message) => resolve(String(message))),
  );
  return { url, close: () => child.kill() };
}

interface Pace {
  perSecond: number;
  /** Processor time of this process in microseconds, which tells the two apart on a busy machine too. */
  cpuPerCall: number;
}

function pace(calls: number, elapsedMs: number, cpu: NodeJS.CpuUsage): Pace {
  return { perSecond: calls / (elapsedMs / 1000), cpuPerCall: (cpu.user + cpu.system) / calls };
}

/** `concurrency` loops that only fetch and read. */
async function bareLoop(url: string, calls: number, concurrency: number): Promise<Pace> {
  let next = 0;
  const before = process.cpuUsage();
  const started = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (next < calls) {
        const index = next++;
        const body = JSON.stringify({
          version: 1,
          input: `text ${index}`,
          case_id: `case-${index}`,
          trial: 0,
          seed: 1,
        });
        const response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
        });
        JSON.parse(await response.text());
      }
    }),
  );
  return pace(calls, performance.now() - started, process.cpuUsage(before));
}

/** A run with evaluation, spans and storage, from its first call to its last stored result. */
async function touchstoneRun(url: string, calls: number, concurrency: number): Promise<Pace> {
  const lines = Array.from({ length: calls }, (_, index) =>
    JSON.stringify({ id: `case-${index}`, input: `text ${index}` }),
  );
  const folder = temporaryFolder({
    'cases.golden.jsonl': `{"schema_version":"2.0.0","version":"1.0.0"}\n${lines.join('\n')}\n`,
    'touchstone.yaml': `suites:
  bench:
    dataset: cases.golden.jsonl
    targets: [{ name: agent, http: "${url}" }]
    evaluators: [{ contains: text }]
    max_concurrency: ${concurrency}
`,
  });
  const { signal } = new AbortController();
  const workspace = await loadWorkspace({ root: folder, environment: processEnvironment, signal });
  const engine = openEngine(workspace, { commands: true, scripts: false });
  const [prepared] = await engine.prepare('bench', {}, signal);
  if (!prepared) throw new Error('nothing to run');
  let started = 0;
  let before = process.cpuUsage();
  let used = before;
  let ended = 0;
  let stored = 0;
  const { report } = await engine.execute(
    prepared,
    {
      onStart: () => {
        before = process.cpuUsage();
        started = performance.now();
      },
      onResults: (_run, results) => {
        stored += results.length;
        ended = performance.now();
        used = process.cpuUsage(before);
      },
    },
    { signal },
  );
  if (stored !== calls || !report.passed)
    throw new Error(`${stored} of ${calls} results, passed: ${report.passed}`);
  engine.close();
  return pace(calls, ended - started, used);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const server = await startServer();
console.log(
  'concurrency  bare fetch loop  touchstone   share of the loop (median, each round)   processor time per call',
);
for (const concurrency of [4, 32, 128]) {
  const calls = concurrency * 40;
  const pairs: { bare: Pace; ours: Pace }[] = [];
  await bareLoop(server.url, concurrency * 4, concurrency);
  for (let round = 0; round < ROUNDS; round += 1)
    pairs.push({
      bare: await bareLoop(server.url, calls, concurrency),
      ours: await touchstoneRun(server.url, calls, concurrency),
    });
  const shares = pairs.map(({ bare, ours }) => ours.perSecond / bare.perSecond);
  const cpu = (side: 'bare' | 'ours'): string =>
    `${median(pairs.map((pair) => pair[side].cpuPerCall)).toFixed(0)} µs`;
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  console.log(
    `${String(concurrency).padEnd(12)} ${median(pairs.map(({ bare }) => bare.perSecond))
      .toFixed(0)
      .padStart(9)}/s ${median(pairs.map(({ ours }) => ours.perSecond))
      .toFixed(0)
      .padStart(
        12,
      )}/s   ${percent(median(shares))} (${shares.map(percent).join(', ')})   ${cpu('bare')}, ours ${cpu('ours')}`,
  );
}
console.log('limit: at least 95 % of the loop');
server.close();
const cpu = /model name\s*:\s*(.+)/.exec(readFileSync('/proc/cpuinfo', 'utf8').toString())?.[1];
if (cpu) console.log(`on ${cpu}`);
