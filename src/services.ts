import { UserError } from './engine/errors.ts';
import { systemClock } from './engine/ports.ts';
import { ServicesHost } from './services/servicesHost.ts';
import { systemRandom } from './systemRandom.ts';

/** Without anybody attached and anything to do, it ends after so long, in milliseconds. */
const IDLE_MS = 10 * 60_000;

// The editor starts its own program as Node by this; programs started from here must not inherit it.
delete process.env['ELECTRON_RUN_AS_NODE'];
process.exit(await serve(process.argv[2] ?? process.cwd(), Number(process.argv[3] ?? IDLE_MS)));

/** Hosts the services of a workspace; resolves to the exit code. Whoever started it hears by the channel how that went. */
async function serve(root: string, idleMs: number): Promise<number> {
  try {
    const host = await ServicesHost.start({
      root,
      idleMs,
      foreground: false,
      exposure: { address: undefined, hosts: [], token: null },
      clock: systemClock,
      random: systemRandom,
      onBug: (error) => console.error(error),
    });
    await say({ kind: host ? 'ready' : 'taken' });
    if (!host) return 0;

    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => void host.end('asked'));
    await host.ended;
    return 0;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    await say({ kind: 'failed', message: error.message, remedy: error.remedy });
    return 2;
  }
}

function say(outcome: object): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected || !process.send) return resolve();
    process.send(outcome, () => {
      // Whoever started it must be able to end.
      if (process.connected) process.disconnect();
      resolve();
    });
  });
}
