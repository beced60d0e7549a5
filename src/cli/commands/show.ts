import type { Command } from 'commander';
import { liveComparison } from '../../engine/compare/live/liveComparison.ts';
import type { Engine } from '../../engine/engine.ts';
import { UsageError } from '../../engine/errors.ts';
import type { Comparison } from '../../engine/model/comparison.ts';
import type { TrialResult } from '../../engine/model/result.ts';
import type { RunState } from '../../engine/model/run.ts';
import { spanPrice } from '../../engine/models/prices/spanPrice.ts';
import type { RunReport } from '../../engine/reports/runReport.ts';
import { CurrentResults } from '../../engine/store/currentResults.ts';
import { findRun } from '../../engine/store/findRun.ts';
import type { Workspace } from '../../engine/suites/loadWorkspace.ts';
import { type PriceSpan, traceTree } from '../../engine/telemetry/dialects/traceTree.ts';
import { writeComparison } from '../comparisonFiles.ts';
import { EXIT } from '../exitCode.ts';
import { openEngine } from '../openEngine.ts';
import { openWorkspace } from '../openWorkspace.ts';
import { configOption, otlpHeaderOption, otlpOption, outputOption } from '../options/common.ts';
import { type OtlpOptions, readOtlpOptions, sendRuns } from '../otlp.ts';
import { checkReportFiles, writeReportFiles } from '../reportFiles.ts';
import type { RunAction } from '../runAction.ts';
import { listComparisons, listEvaluations } from '../runLists.ts';
import type { Io } from '../terminal/io.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import { budgetLines } from '../views/budgets.ts';
import { caseLines } from '../views/caseView.ts';
import { comparisonLines } from '../views/comparison.ts';
import { failureLines } from '../views/failures.ts';
import { headingLine, summaryLines } from '../views/summary.ts';
import { traceLines } from '../views/traceView.ts';

export interface ShowOptions extends OtlpOptions {
  config?: string;
  runs?: boolean;
  comparisons?: boolean;
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
    .description('show a stored run, or one of its cases with the trace')
    .argument('[run]', 'a run id or its beginning, a suite name, or latest (default: latest)')
    .addOption(configOption())
    .option('--runs', 'list stored runs')
    .option('--comparisons', 'list the runs made for comparisons')
    .option('--json', 'with --runs or --comparisons: print JSON')
    .option('--case <id>', 'show one case: outputs, evaluations, spans and log lines')
    .option('--target <name>', 'with --case: show only this target')
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
    if (options.runs || options.comparisons) {
      const list = options.runs ? listEvaluations : listComparisons;
      list(engine, options.json === true, io);
      return EXIT.passed;
    }
    const { id } = findRun(engine.store, runId ?? 'latest');
    if (options.case !== undefined) {
      const price = spanPrice(workspace.config.providers);
      return showCase(engine, id, { id: options.case, target: options.target, price }, io);
    }
    const live = liveComparison(engine.store, id);
    if (live) {
      await showLive(engine, id, live, options.output ?? [], io);
      return EXIT.passed;
    }

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

function checkTogether({ json, runs, comparisons, target, case: caseId }: ShowOptions): void {
  if (runs && comparisons) {
    throw new UsageError('--runs and --comparisons cannot be combined', {
      remedy: 'Request one list at a time.',
    });
  }
  if (json && !runs && !comparisons) {
    throw new UsageError('--json needs --runs or --comparisons', {
      remedy: 'To write a run as JSON: touchstone show --output run.json',
    });
  }
  if (target !== undefined && caseId === undefined) {
    throw new UsageError('--target needs --case', {
      remedy: 'Name the case, for example: touchstone show --case refund-001 --target agent',
    });
  }
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

/** As many changed cases are listed. */
const MOST_CASES = 20;

/** Live pairs are one comparison, not two evaluations. */
async function showLive(
  { store, present }: Engine,
  id: string,
  comparison: Comparison,
  files: readonly string[],
  io: Io,
): Promise<void> {
  const { plan, status } = present(store.getRun(id));
  const { baseline, candidate } = comparison;
  io.out(
    `${io.style.bold(sanitizeLine(plan.suite))}  ${sanitizeLine(baseline.label)} (baseline) vs. ${sanitizeLine(candidate.label)} (candidate)`,
  );
  io.out('');
  for (const line of comparisonLines(comparison, { maxCases: MOST_CASES, gate: false }, io)) io.out(line);
  io.out(io.style.dim(endText(status)));
  for (const file of files) await writeComparison(file, [comparison], store, io);
}

function endText(status: RunState): string {
  switch (status.state) {
    case 'complete':
      return `Ended: ${sanitizeLine(status.reason ?? 'complete')}.`;
    case 'running':
      return 'Pairs are still coming in.';
    case 'planned':
    case 'interrupted':
      return 'Stopped for now: the comparison goes on when the gateway mirrors again.';
  }
}

function showCase(
  engine: Engine,
  id: string,
  { id: caseId, target, price }: { id: string; target: string | undefined; price: PriceSpan },
  io: Io,
): number {
  const all = new CurrentResults(engine.store, id).resultsOfCase(caseId);
  const results = target === undefined ? all : all.filter((result) => result.target === target);
  if (all.length > 0 && results.length === 0) {
    throw new UsageError(`run ${id} has no result for case ${caseId} at target ${target}`, {
      remedy: `Choose from: ${[...new Set(all.map((result) => result.target))].join(', ')}`,
    });
  }
  const [first] = results;
  if (!first) {
    throw new UsageError(`run ${id} has no result for case ${caseId}`, {
      remedy: `List its failed cases with: touchstone show ${id} --failed`,
    });
  }
  const entry = engine.store.caseAt(id, first.caseIndex);
  for (const result of results) for (const line of caseLines(result, entry, io)) io.out(line);
  for (const traceId of new Set(results.map((result: TrialResult) => result.traceId))) {
    const spans = engine.store.traces.spans(traceId);
    const logs = engine.store.traces.logs(traceId);
    const tree = spans.length === 0 ? undefined : traceTree(spans, { logs, price });
    for (const line of traceLines(tree, { logs }, io)) io.out(line);
  }
  return EXIT.passed;
}
