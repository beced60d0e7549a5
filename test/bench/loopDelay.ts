// Loaded into a process before its own program (`node --import`): prints the longest stall of its event loop, in
// milliseconds, on standard error whenever it hears SIGUSR2, and begins anew.
import { monitorEventLoopDelay } from 'node:perf_hooks';

const stalls = monitorEventLoopDelay({ resolution: 5 });
stalls.enable();
process.on('SIGUSR2', () => {
  process.stderr.write(`longest stall ${stalls.max / 1e6}\n`);
  stalls.reset();
});
