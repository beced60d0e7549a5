import { keepCompiledCode } from './compileCache.ts';
import { OutputWatch } from './terminal/drain.ts';

/** Runs the command line; resolves to its exit code when everything that it printed is written. */
export async function start(argv: readonly string[]): Promise<number> {
  const watch = new OutputWatch([process.stdout, process.stderr], (message) => {
    process.stderr.write(`${message}\n`);
  });
  // Before the rest of the program is loaded.
  keepCompiledCode();
  const { main } = await import('./main.ts');
  return watch.drained(await main(argv));
}
