import type { Engine } from '../engine/engine.ts';
import type { RunRecord, RunState } from '../engine/model/run.ts';
import type { RunReport } from '../engine/reports/runReport.ts';
import { formatPercent } from './terminal/format.ts';
import type { Io } from './terminal/io.ts';
import { sanitizeLine } from './terminal/sanitize.ts';
import { renderTable } from './terminal/table.ts';

/** The most that a list shows. */
const MOST = 100;

/** The stored evaluations, newest first: neither parts of others nor what was run for comparisons. */
export function listEvaluations(engine: Engine, json: boolean, io: Io): void {
  const reports = engine.store.evaluations(MOST).map(({ id }) => engine.report(id));
  if (json) {
    io.out(JSON.stringify({ runs: reports.map(evaluationEntry) }, null, 2));
    return;
  }

  const titles = ['run', 'started (UTC)', 'suite', 'state', 'passed', 'rate', 'result'];
  const rows = reports.map((report) => evaluationRow(report, io));
  showTable(titles, rows, 'no run is stored yet', io);
}

/** The stored runs that hold both sides of a comparison, newest first. */
export function listComparisons(engine: Engine, json: boolean, io: Io): void {
  const runs = engine.store.comparisons(MOST).map((run) => engine.present(run));
  if (json) {
    const comparisons = runs.map((run) => comparisonEntry(run, engine));
    io.out(JSON.stringify({ comparisons }, null, 2));
    return;
  }

  const titles = ['run', 'started (UTC)', 'suite', 'baseline', 'candidate', 'state', 'trials'];
  const rows = runs.map((run) => comparisonRow(run, engine));
  showTable(titles, rows, 'no comparison is stored yet', io);
}

function evaluationEntry({ run, summary: { total }, passed }: RunReport) {
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
    // What a run that is not complete comes to is not known yet.
    result: status.state !== 'complete' ? null : passed ? 'passed' : 'failed',
  };
}

function evaluationRow({ run, summary: { total }, passed }: RunReport, { style }: Io): string[] {
  const { id, plan, status, createdAt } = run;
  const word = passed ? style.green('passed') : style.red('failed');
  return [
    id,
    timeText(createdAt),
    sanitizeLine(plan.suite),
    shownState(status),
    `${total.passed}/${plan.trials}`,
    formatPercent(total.passRate),
    status.state === 'complete' ? word : '–',
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
    `${storedOf(engine, id)}/${plan.trials}`,
  ];
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

/** One that was never begun goes on like any other that was interrupted. */
function shownState({ state }: RunState): string {
  return state === 'planned' ? 'interrupted' : state;
}

function timeText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}
