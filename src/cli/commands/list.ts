import path from 'node:path';
import type { Command } from 'commander';
import { counted } from '../../engine/model/figures.ts';
import {
  describeDataset,
  listWorkspace,
  type WorkspaceListing,
} from '../../engine/suites/discovery/listWorkspace.ts';
import { EXIT } from '../exitCode.ts';
import { openWorkspace } from '../openWorkspace.ts';
import { configOption } from '../options/common.ts';
import type { RunAction } from '../runAction.ts';
import type { Io } from '../terminal/io.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import { renderTable, truncate } from '../terminal/table.ts';
import { problemLines } from '../views/problems.ts';

export interface ListOptions {
  config?: string;
  json?: boolean;
}

/** `touchstone list`: its arguments and options. */
export function addList(program: Command, act: RunAction): void {
  program
    .command('list')
    .description('list suites, targets, datasets and prompts')
    .argument('[folder]', 'the workspace folder')
    .addOption(configOption())
    .option('--json', 'print JSON')
    .action((folder, options) => act((io) => list(folder, options, io)));
}

async function list(folder: string | undefined, options: ListOptions, io: Io): Promise<number> {
  const { signal } = new AbortController();
  const { workspace } = await openWorkspace(folder === undefined ? [] : [folder], options, io.cwd, signal);
  const listing = await listWorkspace(workspace, signal);
  const datasets = [];
  for (const dataset of listing.datasets) datasets.push(await describeDataset(workspace, dataset, signal));
  if (options.json) {
    const { foreignConfigs: promptfooConfigs, truncated, ...rest } = listing;
    io.out(JSON.stringify({ ...rest, datasets, promptfooConfigs, truncated }, null, 2));
    return EXIT.passed;
  }
  for (const line of problemLines(workspace.warnings, io.errStyle)) io.err(line);
  section('Suites', suiteRows(listing), io);
  section(
    'Datasets',
    datasets.map((dataset) =>
      'problem' in dataset
        ? [dataset.path, io.style.red(sanitizeLine(dataset.problem))]
        : [dataset.path, dataset.version, `schema ${dataset.schemaVersion}`, counted(dataset.count, 'case')],
    ),
    io,
  );
  section(
    'Prompts',
    listing.prompts.map((prompt) => [prompt.path, prompt.format]),
    io,
  );
  section(
    'promptfoo suites',
    listing.foreignConfigs.map((config) => [config]),
    io,
  );
  if (listing.truncated) io.err('the folder is very large; not all of it was searched');
  if (listing.suites.length === 0)
    io.out(`no suites in ${path.resolve(io.cwd, folder ?? '.')}; create one with: touchstone init`);
  return EXIT.passed;
}

const MAX_DESCRIPTION = 100;

function suiteRows({ suites }: WorkspaceListing): string[][] {
  return suites.flatMap((suite) =>
    suite.targets.map((target, index) => [
      index === 0 ? suite.name : '',
      target.name,
      target.kind,
      target.calls,
      index === 0 ? suite.datasets.join(', ') : '',
      index === 0 && suite.description ? truncate(sanitizeLine(suite.description), MAX_DESCRIPTION) : '',
    ]),
  );
}

function section(title: string, rows: readonly string[][], io: Io): void {
  if (rows.length === 0) return;
  io.out(io.style.bold(title));
  const width = Math.max(...rows.map((row) => row.length));
  const columns = Array.from({ length: width }, () => ({ title: '' }));
  const [, ...lines] = renderTable(
    columns,
    rows.map((row) => row.map((cell) => sanitizeLine(cell))),
  );
  for (const line of lines) io.out(`  ${line}`);
  io.out('');
}
