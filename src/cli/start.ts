import { keepCompiledCode } from './compileCache.ts';
import { OutputWatch } from './terminal/drain.ts';

/** Runs the command line; resolves to its exit code when everything that it printed is written. */
export async function start(argv: readonly string[]): Promise<number> {
  const watch = new OutputWatch([process.stdout, process.stderr], (message) => {
    process.stderr.write(`${message}\n`);
  });
  // Before the rest of the program is loaded.
  keepCompiledCode();
  withoutNotice();
  const { main } = await import('./main.ts');
  return watch.drained(await main(argv));
}

/** Node 22 calls its SQLite experimental each time it is loaded; what we use of it has not changed since. */
function withoutNotice(): void {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
    if (String(warning).startsWith('SQLite is an experimental feature')) return;
    Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
}
