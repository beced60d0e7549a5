import type { Command } from 'commander';
import type { BudgetRecord } from '../../engine/model/budgetRecord.ts';
import { formatCount } from '../../engine/model/figures.ts';
import { EXIT } from '../exitCode.ts';
import { openEngine } from '../openEngine.ts';
import { openWorkspace } from '../openWorkspace.ts';
import { configOption } from '../options/common.ts';
import type { RunAction } from '../runAction.ts';
import type { Io } from '../terminal/io.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import { renderTable } from '../terminal/table.ts';

export interface BudgetsOptions {
  config?: string;
  json?: boolean;
}

/** `touchstone budgets`: its arguments and options. */
export function addBudgets(program: Command, act: RunAction): void {
  program
    .command('budgets')
    .description('show the decisions on adaptive token budgets, with reasons')
    .argument('[suite]', 'show only this suite')
    .addOption(configOption())
    .option('--json', 'print JSON')
    .action((suite, options) => act((io) => budgets(suite, options, io)));
}

/** Shows every decision on the token budgets of the workspace's suites, the newest first. */
async function budgets(suite: string | undefined, options: BudgetsOptions, io: Io): Promise<number> {
  const { workspace } = await openWorkspace([], options, io.cwd, new AbortController().signal);
  const engine = openEngine(workspace, { commands: false, scripts: false }, { access: 'read' });
  try {
    const names = suite === undefined ? workspace.config.suites.map(({ name }) => name) : [suite];
    const records = names.flatMap((name) => engine.store.budgets.ofSuite(name));
    records.sort((a, b) => b.decidedAt - a.decidedAt);
    if (options.json) io.out(JSON.stringify({ decisions: records }, null, 2));
    else if (records.length === 0)
      io.out('no token budgets yet; enable them in a suite with: token_budgets: adaptive');
    else showRecords(records, io);
    return EXIT.passed;
  } finally {
    engine.close();
  }
}

function showRecords(records: readonly BudgetRecord[], io: Io): void {
  const columns = [
    { title: 'decided (UTC)' },
    { title: 'suite' },
    { title: 'target' },
    { title: 'class' },
    { title: 'budget', align: 'right' as const },
    { title: 'cut off', align: 'right' as const },
    { title: 'why' },
  ];
  const rows = records.map((record) => [
    new Date(record.decidedAt).toISOString().slice(0, 16).replace('T', ' '),
    sanitizeLine(record.suite),
    sanitizeLine(record.target),
    record.complexity,
    formatCount(record.tokens),
    `${formatCount(record.cutOff)}/${formatCount(record.calls)}`,
    sanitizeLine(record.reason),
  ]);
  const [head = '', ...body] = renderTable(columns, rows);
  io.out(io.style.dim(head));
  for (const line of body) io.out(line);
}
