import type { Command } from 'commander';
import { phaseText } from '../../../engine/model/deploymentFigures.ts';
import { configuredWhere } from '../../../services/configuredWhere.ts';
import { EXIT } from '../../exitCode.ts';
import { openWorkspace } from '../../openWorkspace.ts';
import { configOption } from '../../options/common.ts';
import type { RunAction } from '../../runAction.ts';
import { readDeployments } from '../../services/readDeployments.ts';
import type { Io } from '../../terminal/io.ts';
import { sanitizeLine } from '../../terminal/sanitize.ts';
import { fitTable } from '../../terminal/table.ts';

interface ListOptions {
  config?: string;
  json?: boolean;
}

const COLUMNS = [
  { title: 'deployment' },
  { title: 'now' },
  { title: 'steers', spare: 1 },
  { title: 'versions', spare: 2 },
  { title: 'suite', spare: 3 },
];

/** `touchstone deploy list`: its options. */
export function addDeployList(deploy: Command, act: RunAction): void {
  deploy
    .command('list')
    .description('list the deployments of touchstone.yaml, and where each is')
    .addOption(configOption())
    .option('--json', 'print JSON')
    .action((options) => act((io) => list(options, io)));
}

async function list(options: ListOptions, io: Io): Promise<number> {
  const { workspace } = await openWorkspace([], options, io.cwd, new AbortController().signal);
  const configured = workspace.config.deployments ?? [];
  const { entries } = await readDeployments(options, io);
  const rows = configured.map((config) => {
    const entry = entries.find(({ deployment }) => deployment === config.name);
    return { config, entry, where: configuredWhere(config.router) };
  });
  if (options.json) {
    const shown = rows.map(({ config, entry, where }) => ({
      deployment: config.name,
      where,
      suite: config.suite ?? null,
      versions: config.versions.map(({ name }) => name),
      phase: entry?.phase ?? null,
      step: entry?.step ?? null,
    }));
    io.out(JSON.stringify({ deployments: shown }, null, 2));
    return EXIT.passed;
  }
  if (rows.length === 0) {
    io.out('no deployments are configured: add one under "deployments" in touchstone.yaml');
    return EXIT.passed;
  }
  const cells = rows.map(({ config, entry, where }) => [
    sanitizeLine(config.name),
    entry ? phaseText(entry) : 'not begun',
    sanitizeLine(where),
    sanitizeLine(config.versions.map(({ name }) => name).join(', ') || 'releases'),
    sanitizeLine(config.suite ?? '–'),
  ]);
  const [head = '', ...lines] = fitTable(COLUMNS, cells, io.width);
  io.out(io.style.dim(head));
  for (const line of lines) io.out(line);
  return EXIT.passed;
}
