import type { Command } from 'commander';
import { providersOverview } from '../../engine/models/providers/providersOverview.ts';
import { systemClock } from '../../engine/ports.ts';
import { EXIT } from '../exitCode.ts';
import { openWorkspace } from '../openWorkspace.ts';
import { configOption } from '../options/common.ts';
import type { RunAction } from '../runAction.ts';
import type { Io } from '../terminal/io.ts';
import { poolLines, providerLines, settingLines } from '../views/providers.ts';

export interface ProvidersOptions {
  config?: string;
  json?: boolean;
}

/** `touchstone providers`: its arguments and options. */
export function addProviders(program: Command, act: RunAction): void {
  program
    .command('providers')
    .description('show how providers are doing and what is left of budgets')
    .argument('[folder]', 'the workspace folder')
    .addOption(configOption())
    .option('--json', 'print JSON')
    .action((folder, options) => act((io) => providers(folder, options, io)));
}

async function providers(folder: string | undefined, options: ProvidersOptions, io: Io): Promise<number> {
  const { signal } = new AbortController();
  const { workspace } = await openWorkspace(folder === undefined ? [] : [folder], options, io.cwd, signal);
  const { config } = workspace;
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
