import { CommanderError } from 'commander';
import { UserError } from '../engine/errors.ts';
import { EXIT } from './exitCode.ts';
import { keepHeapSmall } from './heap.ts';
import { Interrupted } from './interrupt.ts';
import { createProgram } from './program.ts';
import { type Io, processIo } from './terminal/io.ts';
import { sanitize } from './terminal/sanitize.ts';
import { printError } from './views/printError.ts';

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

  try {
    const program = await createProgram(
      argv,
      async (action) => {
        code = await action(io);
      },
      io,
    );
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    return reportError(error, io);
  }
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
  io.err(`${io.errStyle.red('bug in touchstone')}\n${sanitize(stack)}`);
  return EXIT.bug;
}
