// A receiver of OTLP with a trace store, in a process of its own: FILE. Prints its port on the first line; asked over IPC, it
// tells what it used. Ends with its parent.
import { randomBytes } from 'node:crypto';
import { startServer } from '../../../src/engine/http/server/serverShell.ts';
import { systemClock } from '../../../src/engine/ports.ts';
import { otlpRoutes } from '../../../src/engine/telemetry/receiver/otlpRoutes.ts';
import { TraceIntake } from '../../../src/engine/traces/traceIntake.ts';
import { TraceStore } from '../../../src/engine/traces/traceStore.ts';
import { keepUp } from '../../../src/engine/traces/traceUpkeep.ts';

const store = new TraceStore(process.argv[2] ?? '');
const intake = new TraceIntake(store);
const server = await startServer({
  ...{ name: 'the OTLP receiver', port: 0, token: randomBytes(8).toString('hex'), clock: systemClock },
  routes: otlpRoutes(intake, 'open'),
  onBug: (error) => console.error(error),
});
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1000, peakKib: process.resourceUsage().maxRSS });
});
process.on('disconnect', () => process.exit());
process.stdout.write(`${server.port}\n`);
await keepUp(store, { intake, clock: systemClock, signal: new AbortController().signal });
