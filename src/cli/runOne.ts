import path from 'node:path';
import type { RunEstimate } from '../engine/cost/estimate.ts';
import type { Engine, FinishedRun } from '../engine/engine.ts';
import { formatCount } from '../engine/model/figures.ts';
import type { RunReport } from '../engine/reports/runReport.ts';
import type { PendingRun } from '../engine/runs/lifecycle/begunRun.ts';
import type { Workspace } from '../engine/suites/loadWorkspace.ts';
import { againCommand } from './again.ts';
import type { EvalOptions } from './evalOptions.ts';
import type { Io } from './terminal/io.ts';
import { sanitizeLine } from './terminal/sanitize.ts';
import { budgetLines } from './views/budgets.ts';
import { estimateOutcome, shortEstimate } from './views/estimate.ts';
import { failureLines } from './views/failures.ts';
import { originLines, recordingLines } from './views/originView.ts';
import { RunProgress } from './views/runProgress.ts';
import { headingLine, summaryLines } from './views/summary.ts';

/** Most failed trials shown; a report or `touchstone show --failed` has all of them. */
const MAX_FAILURES = 20;

type RunOptions = EvalOptions & { workspace: Workspace };

/** Executes one run, with its heading, progress, failures and figures on the terminal. */
export async function runOne(
  engine: Engine,
  run: PendingRun,
  options: RunOptions,
  io: Io,
  signal: AbortSignal,
): Promise<FinishedRun> {
  const { plan } = run.inputs;
  const { description } = run.suite;
  io.out(headingLine(plan, io.style));
  if (description) io.out(io.style.dim(sanitizeLine(description)));
  for (const line of originLines(plan, io.style)) io.out(line);

  const progress = new RunProgress(io, plan.trials, options.progress, engine.guards);
  const estimate = await estimateOf(engine, run, signal);
  if (estimate) io.out(io.style.dim(shortEstimate(estimate)));
  const finished = await engine.execute(
    run,
    {
      onStart: (record, stored) => progress.start(record, stored),
      onResults: (_record, results) => progress.add(results),
    },
    { signal, ...(options.maxCost === undefined ? {} : { limits: { perRun: options.maxCost } }) },
  );
  progress.end();

  showFinished(engine, run, { finished, estimate }, options, io);
  for (const line of progress.callLines()) io.out(io.style.dim(line));
  return finished;
}

/** Only where a model is called: counting its requests takes a moment. */
async function estimateOf(
  engine: Engine,
  run: PendingRun,
  signal: AbortSignal,
): Promise<RunEstimate | undefined> {
  const { plan, targets } = run.inputs;
  const asksModel = targets.some(({ target }) => target.capabilities.model !== null);
  if (plan.origin !== undefined || !asksModel) return undefined;
  return engine.estimate(run, signal);
}

function showFinished(
  { store }: Engine,
  run: PendingRun,
  { finished, estimate }: { finished: FinishedRun; estimate: RunEstimate | undefined },
  options: RunOptions,
  io: Io,
): void {
  const { workspace } = options;
  const { report, outcome } = finished;
  showFailures(report, workspace, io);
  for (const line of summaryLines(report, workspace, io)) io.out(line);
  for (const line of budgetLines(store.budgets.ofRun(report.run.id), io.style)) io.out(line);

  const cost = estimate && outcome === 'complete' && estimateOutcome(estimate, report);
  if (cost) io.out(io.style.dim(cost));
  for (const line of recordingLines(run, report, { folder: folderOf(run, options, io.cwd), style: io.style }))
    io.out(line);
}

/** The folder of its recordings as a person would name it; that of a resumed run is known from its request. */
function folderOf({ inputs }: PendingRun, { record, replay, workspace }: RunOptions, cwd: string): string {
  const asked = record ?? replay;
  if (asked !== undefined) return asked;
  const kept = inputs.plan.request?.recordings?.folder;
  return kept === undefined ? '' : path.relative(cwd, path.resolve(workspace.root, kept));
}

function showFailures(report: RunReport, workspace: Workspace, io: Io): void {
  const { id, plan } = report.run;
  let shown = 0;
  let more = 0;
  for (const result of report.results(['failed', 'errored'])) {
    if (shown >= MAX_FAILURES) {
      more += 1;
      continue;
    }
    shown += 1;
    if (shown === 1) io.out('');
    const entry = report.caseAt(result.caseIndex)?.case;
    for (const line of failureLines(result, { entry, repeat: plan.repeat, io })) io.out(line);
  }

  if (more > 0) {
    const show = againCommand(`touchstone show ${id} --failed`, workspace, io.cwd);
    io.out(io.style.dim(`… and ${formatCount(more)} more; show all with: ${show}\n`));
  } else if (shown === 0) io.out('');
}
