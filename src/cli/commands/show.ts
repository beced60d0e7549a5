import type { Command } from 'commander';
import type { Engine } from '../../engine/engine.ts';
import { UsageError } from '../../engine/errors.ts';
import type { TrialResult } from '../../engine/model/result.ts';
import type { RunReport } from '../../engine/reports/runReport.ts';
import { CurrentResults } from '../../engine/store/currentResults.ts';
import type { Workspace } from '../../engine/suites/loadWorkspace.ts';
import { EXIT } from '../exitCode.ts';
import { openEngine } from '../openEngine.ts';
import { openWorkspace } from '../openWorkspace.ts';
import { configOption, otlpHeaderOption, otlpOption, outputOption } from '../options/common.ts';
import { type OtlpOptions, readOtlpOptions, sendRuns } from '../otlp.ts';
import { checkReportFiles, writeReportFiles } from '../reportFiles.ts';
import type { RunAction } from '../runAction.ts';
import { formatPercent } from '../terminal/format.ts';
import type { Io } from '../terminal/io.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import { renderTable } from '../terminal/table.ts';
import { budgetLines } from '../views/budgets.ts';
import { caseLines } from '../views/caseView.ts';
import { failureLines } from '../views/failures.ts';
import { headingLine, summaryLines } from '../views/summary.ts';
import { traceLines } from '../views/traceView.ts';

export interface ShowOptions extends OtlpOptions {
  config?: string;
  runs?: boolean;
  json?: boolean;
  case?: string;
  target?: string;
  failed?: boolean;
  output?: string[];
}

/** `touchstone show`: its arguments and options. */
export function addShow(program: Command, act: RunAction): void {
  program
    .command('show')
    .description('show a stored run, or one case of it with its trace')
    .argument('[run]', 'its id (default: the newest)')
    .addOption(configOption())
    .option('--runs', 'list the stored runs')
    .option('--json', 'with --runs: as JSON')
    .option('--case <id>', 'one case: outputs, evaluations, spans and log lines')
    .option('--target <name>', 'with --case: of this target only')
    .option('--failed', 'list the cases that did not pass')
    .addOption(outputOption())
    .addOption(otlpOption())
    .addOption(otlpHeaderOption())
    .action((run, options) => act((io) => show(run, options, io)));
}

async function show(runId: string | undefined, options: ShowOptions, io: Io): Promise<number> {
  checkReportFiles(options.output ?? [], io.cwd);
  const collector = readOtlpOptions(options);
  const { workspace } = await openWorkspace([], options, io.cwd, new AbortController().signal);
  const engine = openEngine(workspace, { commands: false, scripts: false }, { access: 'read' });
  try {
    checkTogether(options);
    if (options.runs) return options.json ? listRunsAsJson(engine, io) : listRuns(engine, io);
    const id = runId ?? newest(engine);
    if (options.case !== undefined)
      return showCase(engine, id, { id: options.case, target: options.target }, io);
    const report = engine.report(id);
    showRun(report, workspace, options.failed === true, io);
    for (const line of budgetLines(engine.store.budgets.ofRun(id), io.style)) io.out(line);
    await writeReportFiles(options.output ?? [], [report], io);
    if (collector) await sendRuns(engine, [report.run], collector, io, new AbortController().signal);
    return EXIT.passed;
  } finally {
    engine.close();
  }
}

function checkTogether({ json, runs, target, case: caseId }: ShowOptions): void {
  if (json && !runs) {
    throw new UsageError('--json goes with --runs', {
      remedy: 'Write a whole run as JSON with: touchstone show --output run.json',
    });
  }
  if (target !== undefined && caseId === undefined) {
    throw new UsageError('--target goes with --case', {
      remedy: 'Name the case, e.g. touchstone show --case refund-001 --target agent',
    });
  }
}

/** The most that a list shows. */
const MOST_RUNS = 100;

function listRunsAsJson(engine: Engine, io: Io): number {
  const runs = engine.store
    .listRuns(MOST_RUNS, { parts: false })
    .map(({ id, plan, status, createdAt, elapsedMs }) => {
      const { summary, passed } = engine.report(id);
      const { total } = summary;
      return {
        id,
        suite: plan.suite,
        dataset: plan.dataset.path,
        targets: plan.targets.map(({ name }) => name),
        created_at: new Date(createdAt).toISOString(),
        state: status.state,
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
    });
  io.out(JSON.stringify({ runs }, null, 2));
  return EXIT.passed;
}

function listRuns(engine: Engine, io: Io): number {
  const rows = engine.store.listRuns(MOST_RUNS, { parts: false }).map(({ id, plan, status, createdAt }) => {
    const { summary, passed } = engine.report(id);
    return [
      id,
      new Date(createdAt).toISOString().slice(0, 16).replace('T', ' '),
      sanitizeLine(plan.suite),
      status.state,
      `${summary.total.passed}/${plan.trials}`,
      formatPercent(summary.total.passRate),
      plan.comparison
        ? 'comparison'
        : status.state !== 'complete'
          ? '–'
          : passed
            ? io.style.green('passed')
            : io.style.red('failed'),
    ];
  });
  if (rows.length === 0) {
    io.out('no run is stored yet');
    return EXIT.passed;
  }
  const titles = ['run', 'started (UTC)', 'suite', 'state', 'passed', 'rate', 'result'];
  for (const line of renderTable(
    titles.map((title) => ({ title })),
    rows,
  ))
    io.out(line);
  return EXIT.passed;
}

function showRun(report: RunReport, workspace: Workspace, failed: boolean, io: Io): void {
  io.out(headingLine(report.run.plan, io.style));
  io.out('');
  if (failed)
    for (const result of report.results(['failed', 'errored'])) {
      for (const line of failureLines(result, {
        entry: report.caseAt(result.caseIndex)?.case,
        repeat: report.run.plan.repeat,
        io,
      }))
        io.out(line);
    }
  for (const line of summaryLines(report, workspace, io)) io.out(line);
  const { status } = report.run;
  if (status.state === 'interrupted' && status.reason !== undefined)
    io.out(`${io.style.red('stopped')} ${status.reason}`);
}

function showCase(
  engine: Engine,
  id: string,
  { id: caseId, target }: { id: string; target: string | undefined },
  io: Io,
): number {
  const all = new CurrentResults(engine.store, id).resultsOfCase(caseId);
  const results = target === undefined ? all : all.filter((result) => result.target === target);
  if (all.length > 0 && results.length === 0) {
    throw new UsageError(`the case ${caseId} has no result of a target ${target} in run ${id}`, {
      remedy: `Choose from: ${[...new Set(all.map((result) => result.target))].join(', ')}`,
    });
  }
  const [first] = results;
  if (!first) {
    throw new UsageError(`run ${id} has no result of a case ${caseId}`, {
      remedy: `See its cases with: touchstone show ${id} --failed`,
    });
  }
  const entry = engine.store.caseAt(id, first.caseIndex);
  for (const result of results) for (const line of caseLines(result, entry, io)) io.out(line);
  for (const traceId of new Set(results.map((result: TrialResult) => result.traceId)))
    for (const line of traceLines(engine.store.spans(traceId), engine.store.logs(traceId), io)) io.out(line);
  return EXIT.passed;
}

function newest(engine: Engine): string {
  const [run] = engine.store.listRuns(1, { parts: false });
  if (run) return run.id;
  throw new UsageError('no run is stored yet', { remedy: 'Make one with: touchstone eval' });
}
