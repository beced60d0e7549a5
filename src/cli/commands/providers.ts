import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { UsageError } from '../../engine/errors.ts';
import { counted, formatCost } from '../../engine/model/figures.ts';
import { meantProviders, providersOverview } from '../../engine/models/providers/providersOverview.ts';
import { processEnvironment, systemClock } from '../../engine/ports.ts';
import { RunStore } from '../../engine/store/runStore.ts';
import { storePath } from '../../engine/store/storeFile.ts';
import { StoreReader } from '../../engine/store/storeReader.ts';
import { poolNames } from '../../engine/suites/config/bulkheadConfig.ts';
import type { Workspace } from '../../engine/suites/loadWorkspace.ts';
import { processOwner } from '../../processOwner.ts';
import { systemRandom } from '../../systemRandom.ts';
import { EXIT } from '../exitCode.ts';
import { onInterrupt } from '../interrupt.ts';
import { openWorkspace } from '../openWorkspace.ts';
import { configOption } from '../options/common.ts';
import { type Correction, correctOption } from '../options/correction.ts';
import { checkAll } from '../providerChecks.ts';
import { simulateProviders } from '../providerSimulation.ts';
import type { RunAction } from '../runAction.ts';
import type { Io } from '../terminal/io.ts';
import { problemLines } from '../views/problems.ts';
import { checkLines } from '../views/providerChecks.ts';
import { poolLines, providerLines, settingLines } from '../views/providers.ts';
import { simulationLines } from '../views/simulation.ts';

export interface ProvidersOptions {
  config?: string;
  json?: boolean;
  check?: boolean;
  clearCache?: boolean;
  simulate?: string;
  against?: string;
  correct?: Correction[];
}

/** `touchstone providers`: its arguments and options. */
export function addProviders(program: Command, act: RunAction): void {
  program
    .command('providers')
    .description('show how providers are doing and what is left of budgets')
    .argument('[folder]', 'the workspace folder')
    .addOption(configOption())
    .option('--json', 'print JSON')
    .option('--clear-cache', 'delete the stored replies of the workspace')
    .addOption(correctOption())
    .option('--check', 'send one small request to each provider and model, and tell what is wrong')
    .option('--simulate <tape>', 'play recorded calls, of a run or a .jsonl file, under two policies')
    .option('--against <file>', 'with --simulate: another configuration (default: no protection)')
    .action((folder, options) => act((io) => providers(folder, options, io)));
}

async function providers(folder: string | undefined, options: ProvidersOptions, io: Io): Promise<number> {
  const { signal, release } = onInterrupt(io);
  try {
    const { workspace } = await openWorkspace(folder === undefined ? [] : [folder], options, io.cwd, signal);
    for (const line of problemLines(workspace.warnings, io.errStyle)) io.err(line);
    checkOptions(options);
    if (options.simulate !== undefined) return await simulate(workspace, options, io, signal);
    if (options.clearCache) clearCache(workspace, io);
    if (options.correct) correct(workspace, options.correct, io);
    if (options.clearCache || options.correct) return EXIT.passed;
    return options.check ? await check(workspace, options, io, signal) : show(workspace, options, io);
  } finally {
    release();
  }
}

/** What would be left undone without a word. */
function checkOptions({ check, clearCache, correct, simulate, against, json }: ProvidersOptions): void {
  if (against !== undefined && simulate === undefined)
    throw new UsageError('--against says what to simulate beside the configuration', {
      remedy: 'Add --simulate with a run or a .jsonl file.',
    });

  const asked = [
    ...(check ? ['--check'] : []),
    ...(simulate === undefined ? [] : ['--simulate']),
    ...(clearCache ? ['--clear-cache'] : []),
    ...(correct ? ['--correct'] : []),
  ];
  const changes = clearCache || correct !== undefined;
  if (asked.length > 1 && (check || simulate !== undefined))
    throw new UsageError(`${asked.join(' and ')} cannot be used together`, {
      remedy: 'Run the command once for each.',
    });
  if (json && changes)
    throw new UsageError(`${asked.join(' and ')} ${asked.length === 1 ? 'has' : 'have'} no JSON output`, {
      remedy: 'Leave out --json.',
    });
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

/** What another configuration would have brought; nothing is called. */
async function simulate(
  workspace: Workspace,
  { simulate: tape = '', against, json }: ProvidersOptions,
  io: Io,
  signal: AbortSignal,
): Promise<number> {
  const other =
    against === undefined ? undefined : await openWorkspace([], { config: against }, io.cwd, signal);
  const at = { cwd: io.cwd, signal };
  const simulation = await simulateProviders(workspace, { tape, against: other?.workspace }, at);

  if (json) io.out(JSON.stringify(simulation, null, 2));
  else for (const line of simulationLines(simulation, io)) io.out(line);
  return EXIT.passed;
}

function clearCache({ root }: Workspace, io: Io): void {
  if (!existsSync(storePath(root))) {
    io.out('no replies are stored');
    return;
  }

  const store = new RunStore(storePath(root));
  try {
    const removed = store.replies.clear('exact') + store.replies.clear('similar');
    io.out(`${counted(removed, 'stored reply', 'stored replies')} deleted`);
  } finally {
    store.close();
  }
}

/** A price that was wrong counts in the last hour until somebody says what it should have been. */
function correct({ root, config }: Workspace, corrections: readonly Correction[], io: Io): void {
  const pools = poolNames(Object.keys(config.bulkheads ?? {}));
  const unknown = corrections.find(({ pool }) => !pools.includes(pool));
  if (unknown)
    throw new UsageError(`there is no bulkhead '${unknown.pool}'`, {
      remedy: `Choose from: ${pools.join(', ')}.`,
    });

  const store = new RunStore(storePath(root));
  try {
    const ledger = store.pools(processOwner());
    const now = systemClock.now();
    for (const { pool, change } of corrections) {
      ledger.correct(pool, change, now);
      const { tokens, costUsd } = ledger.used(pool, now);
      io.out(
        `${pool}: ${counted(Math.round(tokens.used), 'token')} and ${formatCost(costUsd.used)} used in the last hour`,
      );
    }
  } finally {
    store.close();
  }
}

function show({ config, root }: Workspace, options: ProvidersOptions, io: Io): number {
  const now = systemClock.now();
  const owner = processOwner();
  const { store } = new StoreReader(storePath(root));
  const ledger = store?.pools(owner);
  const overview = providersOverview({
    providers: config.providers,
    bulkheads: config.bulkheads ?? {},
    live: store?.health.ofOthers(owner, now) ?? [],
    used: (pool) => ledger?.used(pool, now),
  });

  if (options.json) {
    io.out(JSON.stringify(overview, null, 2));
    return EXIT.passed;
  }

  const isLive = overview.providers.some(({ health }) => health !== null);
  if (isLive) section('Providers', providerLines(overview.providers, now, io), io);
  else io.out('No run is in progress, so nothing is known of how providers are doing.\n');
  section('Settings', settingLines(meantProviders(config.providers), io), io);
  if (overview.pools.length > 0) section('Bulkheads', poolLines(overview.pools, io), io);
  return EXIT.passed;
}

function section(title: string, lines: readonly string[], io: Io): void {
  io.out(io.style.bold(title));
  for (const line of lines) io.out(`  ${line}`);
  io.out('');
}
