import type { Command } from 'commander';
import { WeightFile } from '../../../engine/gateway/routes/weightFile.ts';
import { formatDuration, formatPercent } from '../../../engine/model/figures.ts';
import { targetText } from '../../../engine/suites/gateway/armTarget.ts';
import type { RouteConfig } from '../../../engine/suites/gateway/gatewayConfig.ts';
import { systemRandom } from '../../../systemRandom.ts';
import { EXIT } from '../../exitCode.ts';
import { openWorkspace } from '../../openWorkspace.ts';
import { configOption } from '../../options/common.ts';
import type { RunAction } from '../../runAction.ts';
import type { Io } from '../../terminal/io.ts';
import { sanitizeLine } from '../../terminal/sanitize.ts';
import { type Column, fitTable } from '../../terminal/table.ts';

interface RoutesOptions {
  config?: string;
  json?: boolean;
}

const COLUMNS: readonly Column[] = [
  { title: 'route' },
  { title: 'path' },
  { title: 'models', spare: 1 },
  { title: 'target' },
  { title: 'weight', align: 'right' },
  { title: 'sticky', spare: 3 },
  { title: 'fallbacks', spare: 2 },
  { title: 'keeps', spare: 4 },
];

/** `touchstone gateway routes`: its options. */
export function addGatewayRoutes(gateway: Command, act: RunAction): void {
  gateway
    .command('routes')
    .description(
      'list the routes of touchstone.yaml with the weights that hold now, whether the gateway runs or not',
    )
    .argument('[folder]', 'the workspace folder')
    .addOption(configOption())
    .option('--json', 'print JSON')
    .action((folder, options) => act((io) => routes(folder, options, io)));
}

async function routes(folder: string | undefined, options: RoutesOptions, io: Io): Promise<number> {
  const { signal } = new AbortController();
  const { workspace } = await openWorkspace(folder === undefined ? [] : [folder], options, io.cwd, signal);
  const weights = new WeightFile(workspace.root, systemRandom);
  const routes = workspace.config.gateway?.routes ?? [];
  const configured = routes.map((route) => ({ ...route, arms: [...weights.armsOf(route)] }));
  if (options.json) io.out(JSON.stringify({ routes: configured.map(entryOf) }, null, 2));
  else if (configured.length === 0)
    io.out(
      'no routes are configured: a request goes to the provider that its model names (provider/model), else to openai',
    );
  else for (const line of table(configured, io)) io.out(line);
  return EXIT.passed;
}

function entryOf({ location: _location, arms, fallbacks, shadow, ...route }: RouteConfig): object {
  return {
    ...route,
    arms: arms.map(({ target, ...arm }) => ({ ...arm, target: targetText(target) })),
    fallbacks: fallbacks.map(targetText),
    shadow: shadow ? { ...shadow, to: targetText(shadow.to) } : null,
  };
}

function table(configured: readonly RouteConfig[], io: Io): string[] {
  const rows = configured.flatMap((route) => {
    const weights = route.arms.reduce((sum, { weight }) => sum + weight, 0);
    return route.arms.map(({ target, weight }, at) => [
      ...(at === 0
        ? [
            sanitizeLine(route.name),
            sanitizeLine(route.match.path),
            sanitizeLine(route.match.models?.join(', ') ?? 'any'),
          ]
        : ['', '', '']),
      sanitizeLine(targetText(target)),
      formatPercent(weights > 0 ? weight / weights : null),
      at === 0 ? stickyText(route) : '',
      at === 0 ? sanitizeLine(route.fallbacks.map(targetText).join(', ') || '–') : '',
      at === 0 ? route.keep : '',
    ]);
  });
  const [head = '', ...lines] = fitTable(COLUMNS, rows, io.width);
  const shadows = configured.flatMap(({ name, shadow }) =>
    shadow
      ? [
          `${sanitizeLine(name)}: ${formatPercent(shadow.share)} mirrored to ${sanitizeLine(targetText(shadow.to))}${
            shadow.maxMs === undefined ? '' : ` for ${formatDuration(shadow.maxMs)}`
          }`,
        ]
      : [],
  );
  return [io.style.dim(head), ...lines, ...shadows];
}

function stickyText({ sticky }: RouteConfig): string {
  if (!sticky) return '–';
  return sticky.by === 'header' ? sanitizeLine(sticky.header) : sticky.by;
}
