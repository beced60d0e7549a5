import type { Command } from 'commander';
import { formatCost, formatCount } from '../../engine/model/figures.ts';
import type { MonitorFigures } from '../../engine/monitors/monitorFigures.ts';
import { readFigures } from '../../engine/monitors/readFigures.ts';
import type { WorkspaceConfig } from '../../engine/suites/config/workspaceConfig.ts';
import type { MonitorConfig } from '../../engine/suites/monitoring/monitorConfig.ts';
import { unpricedText } from '../../engine/suites/monitoring/unpricedJudges.ts';
import { EXIT } from '../exitCode.ts';
import { openWorkspace } from '../openWorkspace.ts';
import { configOption } from '../options/common.ts';
import type { RunAction } from '../runAction.ts';
import type { Io } from '../terminal/io.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import { fitTable } from '../terminal/table.ts';

interface MonitorsOptions {
  config?: string;
  json?: boolean;
}

/** `touchstone monitors`: its options. */
export function addMonitors(program: Command, act: RunAction): void {
  program
    .command('monitors')
    .description('show the monitors of running agents: what they matched, evaluated, dropped and spent')
    .addOption(configOption())
    .option('--json', 'print JSON')
    .action((options) => act((io) => monitors(options, io)));
}

/** A monitor of the configuration, of former evaluations, or both. */
interface Shown {
  name: string;
  config: MonitorConfig | undefined;
  figures: MonitorFigures | undefined;
}

async function monitors(options: MonitorsOptions, io: Io): Promise<number> {
  const { workspace } = await openWorkspace([], options, io.cwd, new AbortController().signal);
  const shown = join(workspace.config.monitors ?? [], readFigures(workspace.root));
  if (options.json) io.out(JSON.stringify({ monitors: shown.map(entryOf) }, null, 2));
  else if (shown.length === 0) io.out('no monitors yet; add them to touchstone.yaml under monitors');
  else for (const line of [...table(shown, io), ...problemsOf(workspace.config, io)]) io.out(line);
  return EXIT.passed;
}

/** Judges that are never asked. */
function problemsOf({ monitors = [], providers }: WorkspaceConfig, { style }: Io): string[] {
  return monitors.flatMap((monitor) => {
    const text = unpricedText(monitor, providers);
    return text === undefined
      ? []
      : style.yellow(`${sanitizeLine(text)}; touchstone validate says what to do`);
  });
}

function join(configs: readonly MonitorConfig[], figures: readonly MonitorFigures[]): Shown[] {
  const former = figures.filter(({ monitor }) => !configs.some(({ name }) => name === monitor));
  return [
    ...configs.map((config) => ({
      name: config.name,
      config,
      figures: figures.find(({ monitor }) => monitor === config.name),
    })),
    ...former.map((one) => ({ name: one.monitor, config: undefined, figures: one })),
  ];
}

function entryOf({ name, config, figures }: Shown) {
  return {
    name,
    configured: config !== undefined,
    share: config?.share ?? null,
    evaluators: config?.evaluators.map((spec) => spec.name) ?? [],
    max_cost_per_hour_usd: config?.maxCostPerHourUsd ?? null,
    matched: figures?.matched ?? 0,
    unsampled: figures?.unsampled ?? 0,
    evaluated: figures?.evaluated ?? 0,
    passed: figures?.passed ?? 0,
    failed: figures?.failed ?? 0,
    errors: figures?.errors ?? 0,
    skipped: figures?.skipped ?? 0,
    pending: figures?.pending ?? 0,
    dropped: figures?.dropped ?? {},
    cost_usd: figures?.costUsd ?? 0,
    evaluations_of_unknown_cost: figures?.unpriced ?? 0,
    last_at: typeof figures?.lastMs === 'number' ? new Date(figures.lastMs).toISOString() : null,
  };
}

function table(shown: readonly Shown[], io: Io): string[] {
  const right = 'right' as const;
  const columns = [
    { title: 'monitor' },
    { title: 'matched', align: right },
    { title: 'evaluated', align: right },
    { title: 'passed', align: right },
    { title: 'failed', align: right },
    { title: 'errors', align: right },
    { title: 'pending', align: right, spare: 2 },
    { title: 'dropped' },
    { title: 'cost', align: right },
    { title: 'last (UTC)', spare: 1 },
  ];
  const rows = shown.map(({ name, config, figures: of }) => [
    `${sanitizeLine(name)}${config ? '' : ' (removed)'}`,
    ...[of?.matched, of?.evaluated, of?.passed, of?.failed, of?.errors, of?.pending].map((count = 0) =>
      formatCount(count),
    ),
    Object.entries(of?.dropped ?? {})
      .map(([reason, count]) => `${formatCount(count)} ${reason}`)
      .join(', ') || '0',
    `${formatCost(of?.costUsd ?? 0)}${(of?.unpriced ?? 0) > 0 ? ' and unknown' : ''}`,
    typeof of?.lastMs === 'number' ? new Date(of.lastMs).toISOString().slice(0, 19).replace('T', ' ') : '–',
  ]);

  const [head = '', ...body] = fitTable(columns, rows, io.width);
  return [io.style.dim(head), ...body];
}
