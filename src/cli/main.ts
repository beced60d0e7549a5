import { Command, CommanderError } from 'commander';
import { UserError } from '../engine/errors.ts';
import { EXIT } from './exitCode.ts';
import { keepHeapSmall } from './heap.ts';
import { Interrupted } from './interrupt.ts';
import type { RunAction } from './runAction.ts';
import { type Io, processIo } from './terminal/io.ts';
import { sanitize } from './terminal/sanitize.ts';
import { printError } from './views/printError.ts';

const VERSION = '0.1.0';

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
  tokens: async () => (await import('./commands/tokens.ts')).addTokens,
  compress: async () => (await import('./commands/compress.ts')).addCompress,
  prices: async () => (await import('./commands/prices.ts')).addPrices,
  budgets: async () => (await import('./commands/budgets.ts')).addBudgets,
};

/** Runs one command line; returns its exit code. Errors that a person can cause are shown without a stack. */
export async function main(
  argv: readonly string[],
  terminal: Omit<Io, 'endAtOnce'> = processIo(),
): Promise<number> {
  keepHeapSmall();
  const ended = Promise.withResolvers<number>();
  const io: Io = { ...terminal, endAtOnce: () => ended.resolve(EXIT.interrupted) };
  return Promise.race([run(argv, io), ended.promise]);
}

async function run(argv: readonly string[], io: Io): Promise<number> {
  let code: number = EXIT.passed;
  const program = createProgram(io);

  try {
    for (const add of await chosenCommands(argv)) {
      add(program, async (action) => {
        code = await action(io);
      });
    }
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    return reportError(error, io);
  }
}

function createProgram(io: Io): Command {
  return new Command('touchstone')
    .description('Tests prompts and agents against golden datasets, and tells whether a change is better.')
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError('Run with --help to see how it is used.')
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      writeErr: (text) => io.err(text.trimEnd()),
    });
}

/** The one that is asked for, so that no other has to be loaded; all of them for help and for a name that is none. */
async function chosenCommands(argv: readonly string[]): Promise<AddCommand[]> {
  const [name = ''] = argv;
  if (name === '--version' || name === '-V') return [];

  const chosen = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (chosen) return [await chosen()];

  return Promise.all(Object.values(COMMANDS).map((load) => load()));
}

function reportError(error: unknown, io: Io): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.passed : EXIT.userError;
  if (error instanceof Interrupted) {
    io.err('interrupted');
    return EXIT.interrupted;
  }
  if (error instanceof UserError) {
    printError(error, io);
    return EXIT.userError;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.err(`${io.errStyle.red('this is a bug in touchstone')}\n${sanitize(stack)}`);
  return EXIT.bug;
}
