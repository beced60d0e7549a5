import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { caseLines } from '../engineProcess/workspaces.ts';
import { activated } from './support/activated.ts';
import { trusted } from './support/trust.ts';
import { writeWorkspace } from './support/workspace.ts';

/** Where test/bench/editor.bench.ts wants the measurements; without it nothing is measured. */
const file = process.env['TOUCHSTONE_BENCH'];
const DATASETS = 200;
const CASES = 100;
const STREAMED = 10_000;
const SPANS = 100_000;
/** Spans a second, and for how long. */
const RATE = 1_000;
const SECONDS = 10;

if (file && trusted)
  describe('@bench', function () {
    this.timeout(240_000);

    it('bundle', async () => {
      const extension = vscode.extensions.getExtension('touchstone.touchstone');
      const bundle = path.join(extension?.extensionPath ?? '', 'dist', 'extension.cjs');
      const times = Array.from({ length: 5 }, () => {
        delete require.cache[bundle];
        const begun = performance.now();
        require(bundle);
        return performance.now() - begun;
      });
      tell(`load of the bundle: ${median(times).toFixed(1)} ms, median of 5 (limit 40 ms)`);
      const { activationMs } = await activated();
      tell(`activation: ${activationMs.toFixed(1)} ms (limit 50 ms)`);
    });

    it('discovery', async () => {
      const { engine, tests } = await activated();
      const names = Array.from({ length: DATASETS }, (_, index) => `many/d${index}.golden.jsonl`);
      const suites = names.map(
        (name, index) =>
          `  s${index}: { dataset: ${name}, targets: [{ name: echo, echo: true }], evaluators: [is-json] }\n`,
      );
      const files = Object.fromEntries(names.map((name) => [name, caseLines(CASES)]));
      const restore = writeWorkspace({ 'touchstone.yaml': `suites:\n${suites.join('')}`, ...files });
      try {
        await engine.restart();
        const stalls = monitorEventLoopDelay({ resolution: 5 });
        stalls.enable();
        const begun = performance.now();
        await tests.tree.refresh();
        const shown = performance.now() - begun;
        for (let index = 0; index < DATASETS; index++) await tests.tree.resolveSuite(`s${index}`);
        const filled = performance.now() - begun;
        stalls.disable();
        const items = [...tests.controller.items].reduce((sum, [, suite]) => {
          for (const [, target] of suite.children) sum += target.children.size;
          return sum;
        }, 0);
        tell(
          `Test Explorer, ${DATASETS} datasets with ${items} cases: suites after ${seconds(shown)}, every case after ${seconds(filled)}; longest stall of the extension host ${longest(stalls)}`,
        );
      } finally {
        restore();
      }
    });

    it('stream', async () => {
      const { engine } = await activated();
      const restore = writeWorkspace({
        'touchstone.yaml':
          'suites:\n  stream: { dataset: s.golden.jsonl, targets: [{ name: echo, echo: true }], evaluators: [{ contains: right }] }\n',
        's.golden.jsonl': caseLines(STREAMED),
      });
      try {
        await engine.restart();
        await vscode.commands.executeCommand('touchstone.runs.focus');
        const stalls = monitorEventLoopDelay({ resolution: 5 });
        const ended = new Promise<void>((resolve) => {
          const listener = engine.on('run/finished', () => {
            listener.dispose();
            resolve();
          });
        });
        const [runId] = (await engine.call('run/start', { suite: 'stream' })).runIds;
        await vscode.commands.executeCommand('touchstone.openReport', { runId });
        stalls.enable();
        const begun = performance.now();
        await ended;
        stalls.disable();
        const rate = STREAMED / ((performance.now() - begun) / 1000);
        tell(
          `${STREAMED} results streamed at about ${Math.round(rate)}/s with views and report open: longest stall of the extension host ${longest(stalls)} (limit 100 ms)`,
        );
      } finally {
        await vscode.commands.executeCommand('workbench.action.closeAllEditors');
        restore();
      }
    });

    it('traces', async () => {
      const { engine, traces } = await activated();
      const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
      const store = path.join(folder, '.touchstone', 'traces.db');
      await writeTraces(store, 'many', SPANS);
      try {
        await engine.restart();
        // Threads of the engine start with the first call.
        await engine.call('traces/values', {});
        const opened: number[] = [];
        for (let time = 0; time < 5; time += 1) {
          traces.view.reload();
          const begun = performance.now();
          const nodes = await traces.view.getChildren();
          for (const node of nodes) traces.view.getTreeItem(node);
          opened.push(performance.now() - begun);
        }
        tell(
          `Traces view, ${SPANS} spans stored: first page after ${median(opened).toFixed(0)} ms, median of 5 (limit 200 ms)`,
        );

        await vscode.commands.executeCommand('touchstone.traces.focus');
        const [first] = await traces.view.getChildren();
        const [trace] = first ? await traces.view.getChildren(first) : [];
        assert.ok(trace?.kind === 'trace');
        await vscode.commands.executeCommand('touchstone.traces.open', { traceId: trace.traceId });
        const rows = countCalls(traces.view, 'getTreeItem');
        let told = 0;
        const heard = engine.on('traces/changed', () => {
          told += 1;
        });
        const shown = await stallWhile(() => writeTraces(store, 'steadily', RATE, SECONDS));
        heard.dispose();
        const drawn = rows();
        await vscode.commands.executeCommand('workbench.action.closeAllEditors');
        await vscode.commands.executeCommand('workbench.view.explorer');
        const hidden = await stallWhile(() => writeTraces(store, 'steadily', RATE, SECONDS));
        tell(
          `${RATE} spans a second for ${SECONDS} s with view and panel open: longest stall of the extension host ${shown.workMs.toFixed(0)} ms of its own work (limit 50 ms), ${longest(shown.passed)} by the clock; with both closed ${hidden.workMs.toFixed(0)} ms and ${longest(hidden.passed)}`,
        );
        tell(
          `meanwhile each second: ${(told / SECONDS).toFixed(1)} messages of the engine (limit 5), ${(drawn / SECONDS).toFixed(0)} rows of the tree drawn (limit 300)`,
        );
      } finally {
        await vscode.commands.executeCommand('workbench.action.closeAllEditors');
        await engine.restart();
        for (const ending of ['', '-wal', '-shm']) rmSync(`${store}${ending}`, { force: true });
        traces.view.reload();
      }
    });
  });

interface Stalls {
  passed: { max: number };
  /** The longest that the thread itself worked at a time: on a busy machine the clock counts what others do. */
  workMs: number;
}

async function stallWhile(work: () => Promise<void>): Promise<Stalls> {
  const passed = monitorEventLoopDelay({ resolution: 5 });
  passed.enable();
  let last = process.threadCpuUsage();
  let workMs = 0;
  const timer = setInterval(() => {
    const now = process.threadCpuUsage();
    workMs = Math.max(workMs, (now.user + now.system - last.user - last.system) / 1000);
    last = now;
  }, 1);
  await work();
  clearInterval(timer);
  passed.disable();
  return { passed, workMs };
}

/** Returns how often a method was called since, and leaves it as it was. */
function countCalls<K extends string>(
  of: { [method in K]: (...given: never[]) => unknown },
  method: K,
): () => number {
  const original = of[method];
  let calls = 0;
  of[method] = (...given) => {
    calls += 1;
    return original.apply(of, given);
  };
  return () => {
    of[method] = original;
    return calls;
  };
}

/** In a process of its own, as the one that receives them is. */
function writeTraces(store: string, ...given: (string | number)[]): Promise<void> {
  const program = path.join(process.env['TOUCHSTONE_ROOT'] ?? '', 'test', 'support', 'traceWriter.ts');
  const child = spawn(process.execPath, [program, store, ...given.map(String)], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child
      .once('error', reject)
      .once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`exit ${code}`))));
  });
}

function tell(line: string): void {
  if (file) appendFileSync(file, `${line}\n`);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

function longest({ max }: { max: number }): string {
  return `${Math.round(max / 1e6)} ms`;
}
