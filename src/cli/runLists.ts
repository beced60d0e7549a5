import type { Engine } from '../engine/engine.ts';
import type { ComparisonWord } from '../engine/model/comparison.ts';
import { formatCount, formatPercent } from '../engine/model/figures.ts';
import type { RunRecord, RunState } from '../engine/model/run.ts';
import type { GroupSummary } from '../engine/model/summary.ts';
import type { Io } from './terminal/io.ts';
import { sanitizeLine } from './terminal/sanitize.ts';
import { renderTable } from './terminal/table.ts';

/** Most runs listed. */
const MOST = 100;

/** The stored evaluations, newest first: neither parts of others nor what was run for comparisons. */
export function listEvaluations(engine: Engine, json: boolean, io: Io): void {
  const listed = engine.store.evaluations(MOST).map((run) => listedRun(engine.present(run), engine));
  if (json) {
    io.out(JSON.stringify({ runs: listed.map(evaluationEntry) }, null, 2));
    return;
  }

  const titles = ['run', 'started (UTC)', 'suite', 'state', 'passed', 'rate', 'result'];
  const rows = listed.map((one) => evaluationRow(one, io));
  showTable(titles, rows, 'no runs yet; create one with: touchstone eval', io);
}

/** The stored runs that hold both sides of a comparison, newest first. */
export function listComparisons(engine: Engine, json: boolean, io: Io): void {
  const runs = engine.store.comparisons(MOST).map((run) => engine.present(run));
  if (json) {
    const comparisons = runs.map((run) => comparisonEntry(run, engine));
    io.out(JSON.stringify({ comparisons }, null, 2));
    return;
  }

  const titles = ['run', 'started (UTC)', 'suite', 'baseline', 'candidate', 'state', 'trials', 'verdict'];
  const rows = runs.map((run) => comparisonRow(run, engine));
  showTable(titles, rows, 'no comparisons yet; create one with: touchstone compare', io);
}

interface ListedRun {
  run: RunRecord;
  total: GroupSummary;
  /** Null while it is incomplete: the verdict is not known yet. */
  passed: boolean | null;
}

/** By its stored verdict; the results of a run without one are read. */
function listedRun(run: RunRecord, { store, report }: Engine): ListedRun {
  const verdict = run.status.state === 'complete' ? store.verdicts.of(run.id) : undefined;
  if (verdict && 'total' in verdict) return { run, total: verdict.total, passed: verdict.passed };
  const { summary, passed } = report(run.id);
  return { run, total: summary.total, passed: run.status.state === 'complete' ? passed : null };
}

function evaluationEntry({ run, total, passed }: ListedRun) {
  const { id, plan, status, createdAt, elapsedMs } = run;
  return {
    id,
    suite: plan.suite,
    dataset: plan.dataset.path,
    targets: plan.targets.map(({ name }) => name),
    created_at: new Date(createdAt).toISOString(),
    state: shownState(status),
    elapsed_ms: elapsedMs,
    trials: plan.trials,
    passed: total.passed,
    failed: total.failed,
    errored: total.errored,
    pass_rate: total.passRate,
    cost_usd: total.costUsd,
    unknown_costs: total.unknownCosts,
    result: passed === null ? null : passed ? 'passed' : 'failed',
  };
}

function evaluationRow({ run, total, passed }: ListedRun, { style }: Io): string[] {
  const { id, plan, status, createdAt } = run;
  const word = passed ? style.green('passed') : style.red('failed');
  return [
    id,
    timeText(createdAt),
    sanitizeLine(plan.suite),
    shownState(status),
    `${formatCount(total.passed)}/${formatCount(plan.trials)}`,
    formatPercent(total.passRate),
    passed === null ? '–' : word,
  ];
}

function comparisonEntry({ id, plan, status, createdAt, elapsedMs }: RunRecord, engine: Engine) {
  return {
    id,
    suite: plan.suite,
    dataset: plan.dataset.path,
    baseline: plan.comparison?.baseline,
    candidate: plan.comparison?.candidate,
    created_at: new Date(createdAt).toISOString(),
    state: shownState(status),
    elapsed_ms: elapsedMs,
    trials: plan.trials,
    stored: storedOf(engine, id),
    verdict: wordOf(engine, id),
  };
}

function comparisonRow({ id, plan, status, createdAt }: RunRecord, engine: Engine): string[] {
  return [
    id,
    timeText(createdAt),
    sanitizeLine(plan.suite),
    sanitizeLine(plan.comparison?.baseline ?? ''),
    sanitizeLine(plan.comparison?.candidate ?? ''),
    shownState(status),
    `${formatCount(storedOf(engine, id))}/${formatCount(plan.trials)}`,
    wordOf(engine, id) ?? '–',
  ];
}

/** The verdict on the candidate; null if unknown. */
function wordOf({ store }: Engine, runId: string): ComparisonWord | null {
  const verdict = store.verdicts.of(runId);
  return verdict && 'comparison' in verdict ? verdict.comparison.word : null;
}

function storedOf({ store }: Engine, runId: string): number {
  const { passed, failed, errored } = store.counts(runId);
  return passed + failed + errored;
}

function showTable(titles: readonly string[], rows: readonly string[][], none: string, io: Io): void {
  if (rows.length === 0) {
    io.out(none);
    return;
  }
  const columns = titles.map((title) => ({ title }));
  for (const line of renderTable(columns, rows)) io.out(line);
}

/** A run that never started is resumed like any interrupted one. */
function shownState({ state }: RunState): string {
  return state === 'planned' ? 'interrupted' : state;
}

function timeText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}
