import type { Command } from 'commander';
import { providersOverview } from '../../engine/models/providers/providersOverview.ts';
import { processEnvironment, systemClock } from '../../engine/ports.ts';
import type { Workspace } from '../../engine/suites/loadWorkspace.ts';
import { systemRandom } from '../../systemRandom.ts';
import { EXIT } from '../exitCode.ts';
import { onInterrupt } from '../interrupt.ts';
import { openWorkspace } from '../openWorkspace.ts';
import { configOption } from '../options/common.ts';
import { checkAll } from '../providerChecks.ts';
import type { RunAction } from '../runAction.ts';
import type { Io } from '../terminal/io.ts';
import { problemLines } from '../views/problems.ts';
import { checkLines } from '../views/providerChecks.ts';
import { poolLines, providerLines, settingLines } from '../views/providers.ts';

export interface ProvidersOptions {
  config?: string;
  json?: boolean;
  check?: boolean;
}

/** `touchstone providers`: its arguments and options. */
export function addProviders(program: Command, act: RunAction): void {
  program
    .command('providers')
    .description('show how providers are doing and what is left of budgets')
    .argument('[folder]', 'the workspace folder')
    .addOption(configOption())
    .option('--json', 'print JSON')
    .option('--check', 'send one small request to each provider and model, and tell what is wrong')
    .action((folder, options) => act((io) => providers(folder, options, io)));
}

async function providers(folder: string | undefined, options: ProvidersOptions, io: Io): Promise<number> {
  const { signal, release } = onInterrupt(io);
  try {
    const { workspace } = await openWorkspace(folder === undefined ? [] : [folder], options, io.cwd, signal);
    for (const line of problemLines(workspace.warnings, io.errStyle)) io.err(line);
    return options.check ? await check(workspace, options, io, signal) : show(workspace, options, io);
  } finally {
    release();
  }
}

/** Fails when a call of a provider or model that is used would fail. */
async function check(
  workspace: Workspace,
  options: ProvidersOptions,
  io: Io,
  signal: AbortSignal,
): Promise<number> {
  const ports = { clock: systemClock, random: systemRandom, environment: processEnvironment };
  const checks = await checkAll(workspace, ports, signal);
  const passed = checks.every(({ problem }) => problem === null);

  if (options.json) io.out(JSON.stringify({ passed, checks }, null, 2));
  else if (checks.length === 0) io.out('no provider is configured or used, so there is nothing to check');
  else for (const line of checkLines(checks, io)) io.out(line);

  return passed ? EXIT.passed : EXIT.failed;
}

function show({ config }: Workspace, options: ProvidersOptions, io: Io): number {
  const overview = providersOverview({
    providers: config.providers,
    bulkheads: config.bulkheads ?? {},
    live: [],
    used: () => undefined,
  });

  if (options.json) {
    io.out(JSON.stringify(overview, null, 2));
    return EXIT.passed;
  }

  io.out(io.style.bold('Providers'));
  for (const line of providerLines(overview.providers, systemClock.now(), io)) io.out(`  ${line}`);
  io.out('');
  io.out(io.style.bold('Settings'));
  for (const line of settingLines(config.providers, io)) io.out(`  ${line}`);
  if (overview.pools.length === 0) return EXIT.passed;

  io.out('');
  io.out(io.style.bold('Bulkheads'));
  for (const line of poolLines(overview.pools, io)) io.out(`  ${line}`);
  return EXIT.passed;
}
