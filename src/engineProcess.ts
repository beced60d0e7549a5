import { Console } from 'node:console';
import { processEnvironment, systemClock } from './engine/ports.ts';
import { serve } from './engineProcess/serve.ts';
import { processOwner } from './processOwner.ts';
import { systemRandom } from './systemRandom.ts';

/** How long runs may take to stop when the window is gone, in milliseconds. */
const PATIENCE_MS = 3_000;

// Standard output belongs to the protocol; whatever a library prints goes elsewhere.
globalThis.console = new Console(process.stderr);
// The editor starts its own program as Node by this; programs started from here must not inherit it.
delete process.env['ELECTRON_RUN_AS_NODE'];

process.stdin.once('close', () => {
  // A program that does not stop must not keep a process alive that nobody reads.
  setTimeout(() => process.exit(1), PATIENCE_MS).unref();
});

await serve(
  { input: process.stdin, output: process.stdout },
  { clock: systemClock, random: systemRandom, environment: processEnvironment, owner: processOwner() },
);
process.exit(0);
