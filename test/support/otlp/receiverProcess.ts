// The receiver of a workspace, in a process of its own: ROOT. Prints its port on the first line; asked over IPC, it
// tells what it used. Ends with its parent.
import { randomBytes } from 'node:crypto';
import { startServer } from '../../../src/engine/http/server/serverShell.ts';
import { systemClock } from '../../../src/engine/ports.ts';
import { otlpRoutes } from '../../../src/engine/telemetry/receiver/otlpRoutes.ts';
import { ReceivedTraces } from '../../../src/services/receivedTraces.ts';

const received = new ReceivedTraces({
  ...{ root: process.argv[2] ?? '', clock: systemClock, onChange: () => {} },
  onBug: (error) => console.error(error),
});
const server = await startServer({
  ...{ name: 'the OTLP receiver', port: 0, token: randomBytes(8).toString('hex'), clock: systemClock },
  routes: otlpRoutes(received, 'open'),
  onBug: (error) => console.error(error),
});
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1000, peakKib: process.resourceUsage().maxRSS });
});
process.on('disconnect', () => process.exit());
process.stdout.write(`${server.port}\n`);
