import type * as vscode from 'vscode';
import type { FinishedRun } from '../../../src/ui/runs/activeRun.ts';
import type { RunController } from '../../../src/ui/runs/runController.ts';

/** Resolves with the next run that ends. */
export function nextEnd(runs: RunController): Promise<FinishedRun> {
  return new Promise((resolve) => {
    const listener = runs.onDidHappen((event) => {
      if (event.kind !== 'finished') return;
      listener.dispose();
      resolve({ run: event.run, end: event.end });
    });
  });
}

/** What a test run tells the editor, written down as it is told. */
export interface Told {
  state: 'enqueued' | 'started' | 'passed' | 'failed' | 'errored' | 'skipped';
  id: string;
  messages: vscode.TestMessage[];
}

/** Writes down what the controller's test runs are told; `stop` puts the controller back. */
export function recordRuns(controller: vscode.TestController): {
  told: Told[];
  output: string[];
  ended: Promise<void>;
  stop(): void;
} {
  const told: Told[] = [];
  const output: string[] = [];
  const end = Promise.withResolvers<void>();
  const create = controller.createTestRun.bind(controller);
  controller.createTestRun = (...given) => {
    const run = create(...given);
    const note = (state: Told['state'], item: vscode.TestItem, messages: vscode.TestMessage[] = []) =>
      told.push({ state, id: item.id, messages });
    return Object.assign(Object.create(run) as vscode.TestRun, {
      enqueued(item: vscode.TestItem) {
        note('enqueued', item);
        run.enqueued(item);
      },
      started(item: vscode.TestItem) {
        note('started', item);
        run.started(item);
      },
      skipped(item: vscode.TestItem) {
        note('skipped', item);
        run.skipped(item);
      },
      passed(item: vscode.TestItem, ms?: number) {
        note('passed', item);
        run.passed(item, ms);
      },
      failed(item: vscode.TestItem, message: vscode.TestMessage[], ms?: number) {
        note('failed', item, message);
        run.failed(item, message, ms);
      },
      errored(item: vscode.TestItem, message: vscode.TestMessage | vscode.TestMessage[], ms?: number) {
        note('errored', item, Array.isArray(message) ? message : [message]);
        run.errored(item, message, ms);
      },
      appendOutput(text: string, ...more: [vscode.Location?, vscode.TestItem?]) {
        output.push(text);
        run.appendOutput(text, ...more);
      },
      end() {
        run.end();
        end.resolve();
      },
    });
  };
  return {
    told,
    output,
    ended: end.promise,
    stop: () => {
      controller.createTestRun = create;
    },
  };
}
