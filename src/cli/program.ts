import { Command } from 'commander';
import { VERSION } from '../version.ts';
import type { RunAction } from './runAction.ts';
import type { Io } from './terminal/io.ts';
import { refuseUnknownSubcommand } from './unknownSubcommand.ts';

type AddCommand = (program: Command, act: RunAction) => void;

/** In the order in which help lists them. */
const COMMANDS: { [name: string]: () => Promise<AddCommand> } = {
  init: async () => (await import('./commands/init.ts')).addInit,
  list: async () => (await import('./commands/list.ts')).addList,
  validate: async () => (await import('./commands/validate.ts')).addValidate,
  upgrade: async () => (await import('./commands/upgrade.ts')).addUpgrade,
  import: async () => (await import('./commands/import.ts')).addImport,
  export: async () => (await import('./commands/export.ts')).addExport,
  'diff-dataset': async () => (await import('./commands/diffDataset.ts')).addDiffDataset,
  eval: async () => (await import('./commands/eval.ts')).addEval,
  compare: async () => (await import('./commands/compare.ts')).addCompare,
  evaluators: async () => (await import('./commands/evaluators.ts')).addEvaluators,
  show: async () => (await import('./commands/show.ts')).addShow,
  traces: async () => (await import('./commands/traces.ts')).addTraces,
  monitors: async () => (await import('./commands/monitors.ts')).addMonitors,
  alerts: async () => (await import('./commands/alerts.ts')).addAlerts,
  metrics: async () => (await import('./commands/metrics.ts')).addMetrics,
  tokens: async () => (await import('./commands/tokens.ts')).addTokens,
  compress: async () => (await import('./commands/compress.ts')).addCompress,
  prices: async () => (await import('./commands/prices.ts')).addPrices,
  budgets: async () => (await import('./commands/budgets.ts')).addBudgets,
  providers: async () => (await import('./commands/providers.ts')).addProviders,
  release: async () => (await import('./commands/release.ts')).addRelease,
  gateway: async () => (await import('./commands/gateway.ts')).addGateway,
  gate: async () => (await import('./commands/gate.ts')).addGate,
  shadow: async () => (await import('./commands/shadow.ts')).addShadow,
  deploy: async () => (await import('./commands/deploy.ts')).addDeploy,
  serve: async () => (await import('./commands/serve.ts')).addServe,
};

/**
 * The command line with the command that `argv` begins with, so that no other has to be loaded; with all of them for help
 * and for a name that is none.
 */
export async function createProgram(argv: readonly string[], act: RunAction, io: Io): Promise<Command> {
  const program = new Command('touchstone')
    .description(
      'Tests prompts and agents against golden datasets, and tells you whether a change is an improvement.',
    )
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError('Run with --help to see the usage.')
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      writeErr: (text) => io.err(text.trimEnd()),
    });

  for (const add of await chosenCommands(argv)) add(program, act);
  for (const group of program.commands)
    if (group.commands.length > 0)
      group.hook('preSubcommand', (_group, chosen) => refuseUnknownSubcommand(group, chosen, io.cwd));
  return program;
}

async function chosenCommands(argv: readonly string[]): Promise<AddCommand[]> {
  const [name = ''] = argv;
  if (name === '--version' || name === '-V') return [];

  const chosen = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (chosen) return [await chosen()];

  return Promise.all(Object.values(COMMANDS).map((load) => load()));
}
