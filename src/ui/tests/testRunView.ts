import path from 'node:path';
import * as vscode from 'vscode';
import { formatCost, formatCount, formatDuration, formatScore } from '../../engine/model/figures.ts';
import type { ResultRow } from '../../protocol/resultRow.ts';
import type { CaseResult } from '../../protocol/runEntries.ts';
import { trialCount } from '../counts.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { type ActiveRun, doneOf, type RunEnd, type RunEvent, shownRun } from '../runs/activeRun.ts';
import { messagesFor, plainMessage, visible } from './testMessages.ts';
import type { TestTree } from './testTree.ts';
import { TrialTally } from './trialTally.ts';

/** Cases whose details are fetched by one call. */
const DETAILS_AT_ONCE = 25;
/** Bad cases that are shown in full; of further ones the report tells more. */
const MOST_DETAILS = 500;

/** A case with all its trials. */
interface Settled {
  item: vscode.TestItem;
  run: ActiveRun;
  tally: TrialTally;
}

/** Tells the Test Explorer of the results of one request, in order. */
export class TestRunView {
  readonly #tree: TestTree;
  readonly #engine: EngineClient;
  readonly #run: vscode.TestRun;
  readonly #tallies = new Map<string, Settled>();
  /** Cases that the editor shows as waiting. */
  readonly #waiting = new Set<vscode.TestItem>();
  #details = 0;
  #queue: Promise<void> = Promise.resolve();

  constructor(tree: TestTree, engine: EngineClient, run: vscode.TestRun) {
    this.#tree = tree;
    this.#engine = engine;
    this.#run = run;
  }

  /** Shows these cases as waiting; those that bring no result are shown as skipped at the end. */
  enqueue(items: Iterable<vscode.TestItem>): void {
    for (const item of items) {
      this.#run.enqueued(item);
      this.#waiting.add(item);
    }
  }

  hear(event: RunEvent): void {
    // What cannot be told of one event must not silence the ones behind it.
    this.#queue = this.#queue.then(() => this.#handle(event).catch((error: unknown) => this.#missed(error)));
  }

  /** What kept a request from running, shown at its suite. */
  fail(suite: string, message: string): void {
    const item = this.#tree.suiteItem(suite);
    if (item) this.#run.errored(item, plainMessage(message));
    this.#write(`${suite}: ${message}`);
  }

  /** Resolves when everything is told. */
  async end(): Promise<void> {
    try {
      await this.#queue;
      for (const item of this.#waiting) this.#run.skipped(item);
    } finally {
      this.#run.end();
    }
  }

  #missed(error: unknown): void {
    this.#write(error instanceof Error ? error.message : String(error));
  }

  async #handle(event: RunEvent): Promise<void> {
    const { run } = event;
    switch (event.kind) {
      case 'started':
        await this.#tree.resolveSuite(run.suite, run.targets);
        return;
      case 'results':
        return this.#results(run, event.rows);
      case 'finished': {
        const partial = [...this.#tallies.values()].filter((settled) => settled.run.runId === run.runId);
        for (const { item } of partial) this.#tallies.delete(keyOf(run, item));
        await this.#report(partial);
        if (event.end.outcome === 'failed' && event.end.failure)
          this.fail(run.suite, event.end.failure.message);
        this.#write(endLine(run, event.end.outcome));
      }
    }
  }

  async #results(run: ActiveRun, rows: readonly ResultRow[]): Promise<void> {
    const settled: Settled[] = [];
    for (const row of rows) {
      const item = this.#tree.caseItem(run.suite, row.target, run.dataset, row.case_id);
      if (!item) continue;
      this.#write(trialLine(row, run), item);
      const key = keyOf(run, item);
      const known = this.#tallies.get(key) ?? { item, run, tally: new TrialTally() };
      if (known.tally.rows.length === 0 && run.repeat > 1) this.#run.started(item);
      known.tally.add(row);
      this.#tallies.set(key, known);
      if (known.tally.rows.length < run.repeat) continue;
      this.#tallies.delete(key);
      settled.push(known);
    }
    await this.#report(settled);
  }

  async #report(settled: readonly Settled[]): Promise<void> {
    const bad: Settled[] = [];
    for (const one of settled) {
      this.#waiting.delete(one.item);
      this.#remember(one);
      if (one.tally.verdict === 'passed') this.#run.passed(one.item, one.tally.durationMs);
      else bad.push(one);
    }
    for (let from = 0; from < bad.length; from += DETAILS_AT_ONCE)
      await this.#reportBad(bad.slice(from, from + DETAILS_AT_ONCE));
  }

  /** The first trial that did not pass, else the first. */
  #remember({ item, run, tally }: Settled): void {
    const row = tally.rows.find(({ status }) => status !== 'passed') ?? tally.rows[0];
    if (!row) return;
    const { case_id: caseId, target, trial } = row;
    this.#tree.results.set(item, { runId: shownRun(run), caseId, target, trial });
  }

  async #reportBad(bad: readonly Settled[]): Promise<void> {
    const results = await this.#resultsOf(bad);
    for (const { item, tally } of bad) {
      const [first] = tally.rows;
      const own = results.filter(
        (result) =>
          result.case_id === first?.case_id && result.target === first.target && result.status !== 'passed',
      );
      const messages =
        own.length > 0
          ? own.flatMap((result) => messagesFor(result, (place) => this.#locate(place)))
          : tally.rows.filter(({ status }) => status !== 'passed').map(({ reason }) => plainMessage(reason));
      if (tally.rows.length > 1) messages.unshift(plainMessage(trialsText(tally)));
      if (tally.verdict === 'failed') this.#run.failed(item, messages, tally.durationMs);
      else this.#run.errored(item, messages, tally.durationMs);
    }
  }

  /** Nothing beyond a number of cases, and where the engine is gone. */
  async #resultsOf(bad: readonly Settled[]): Promise<CaseResult[]> {
    const [one] = bad;
    if (!one || this.#details >= MOST_DETAILS) return [];
    this.#details += bad.length;
    const caseIndexes = bad.flatMap(({ tally }) =>
      tally.rows.slice(0, 1).map(({ case_index }) => case_index),
    );
    try {
      const wanted = { runId: one.run.runId, caseIndexes: [...new Set(caseIndexes)] };
      return (await this.#engine.call('run/details', wanted)).results;
    } catch {
      return [];
    }
  }

  /** `file:line:column`; the file may have colons in its name. */
  #locate(place: string | null | undefined): vscode.Location | undefined {
    const found = /^(.*):(\d+):(\d+)$/.exec(place ?? '');
    if (!found) return undefined;
    const [, file = '', line, column] = found;
    return new vscode.Location(
      this.#tree.uriOf(file),
      new vscode.Position(Number(line) - 1, Number(column) - 1),
    );
  }

  #write(text: string, item?: vscode.TestItem): void {
    this.#run.appendOutput(`${visible(text).replaceAll('\n', ' ')}\r\n`, undefined, item);
  }
}

function keyOf(run: ActiveRun, item: vscode.TestItem): string {
  return `${run.runId}\n${item.parent?.id ?? ''}\n${item.id}`;
}

/** `✗ refund-001 [agent] 0.40, 120 ms, 31 + 12 tokens, $0.0003, trace 4bf9…: reason`. */
function trialLine(row: ResultRow, run: ActiveRun): string {
  const mark = { passed: '✓', failed: '✗', errored: '⚠' }[row.status];
  const trial = run.repeat > 1 ? ` #${row.trial + 1}` : '';
  const tokens =
    row.input_tokens === null || row.output_tokens === null
      ? vscode.l10n.t('tokens unknown')
      : vscode.l10n.t('{0} + {1} tokens', formatCount(row.input_tokens), formatCount(row.output_tokens));
  const facts = [
    row.score === null ? vscode.l10n.t('no score') : vscode.l10n.t('score {0}', formatScore(row.score)),
    formatDuration(row.latency_ms),
    tokens,
    row.cost_usd === null ? vscode.l10n.t('cost unknown') : formatCost(row.cost_usd),
    vscode.l10n.t('trace {0}', row.trace_id),
    ...(row.source ? [row.source.text] : []),
    ...(row.attempts === undefined ? [] : [vscode.l10n.t('{0} calls', formatCount(row.attempts))]),
  ];
  const why = row.status === 'passed' ? '' : `: ${row.reason}`;
  return `${mark} ${row.case_id}${trial} [${row.target}] ${facts.join(', ')}${why}`;
}

function trialsText(tally: TrialTally): string {
  const bad = tally.rows.length - tally.count('passed');
  return tally.isFlaky
    ? vscode.l10n.t('Flaky: {0} of {1} trials did not pass.', bad, tally.rows.length)
    : vscode.l10n.t('None of {0} passed.', trialCount(tally.rows.length));
}

function endLine(run: ActiveRun, outcome: RunEnd['outcome']): string {
  const { failed, errored } = run.counts;
  return vscode.l10n.t(
    '{0} ({1}) {2}: {3} of {4} results, {5} failed, {6} errored',
    ...[run.suite, path.posix.basename(run.dataset), outcomeText(outcome)],
    ...[doneOf(run), run.trials, failed, errored],
  );
}

function outcomeText(outcome: RunEnd['outcome']): string {
  switch (outcome) {
    case 'complete':
      return vscode.l10n.t('complete');
    case 'interrupted':
      return vscode.l10n.t('interrupted');
    case 'lost':
      return vscode.l10n.t('interrupted: the engine crashed');
    case 'failed':
      return vscode.l10n.t('failed');
  }
}
