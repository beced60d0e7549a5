import path from 'node:path';
import { UserError } from './engine/errors.ts';
import { processEnvironment, systemClock } from './engine/ports.ts';
import { BugLog } from './services/bugLog.ts';
import { ServicesHost } from './services/servicesHost.ts';
import { systemRandom } from './systemRandom.ts';

/** Without anybody attached and anything to do, it ends after so long, in milliseconds. */
const IDLE_MS = 10 * 60_000;
const BUG = 70;

const [root = process.cwd(), given = '{}'] = process.argv.slice(2);
const { idleMs = IDLE_MS, mayReadKeys = false } = JSON.parse(given) as {
  idleMs?: number;
  mayReadKeys?: boolean;
};
const bugs = new BugLog(root);
const onBug = (error: unknown): void => bugs.write(error, new Date());

// The editor starts its own program as Node by this; programs started from here must not inherit it.
delete process.env['ELECTRON_RUN_AS_NODE'];
// It leaves its lease behind, so that windows start another one, which receives as this one did.
process.on('uncaughtException', (error) => {
  onBug(error);
  process.exit(BUG);
});
process.exit(await serve());

/** Hosts the services of a workspace; resolves to the exit code. Whoever started it hears by the channel how that went. */
async function serve(): Promise<number> {
  try {
    const host = await ServicesHost.start({
      root,
      idleMs,
      foreground: false,
      exposure: { address: undefined, hosts: [], token: null },
      forward: {
        configFile: path.join(root, 'touchstone.yaml'),
        environment: processEnvironment,
        mayReadKeys,
      },
      clock: systemClock,
      random: systemRandom,
      onBug,
    });
    await say({ kind: host ? 'ready' : 'taken' });
    if (!host) return 0;

    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => void host.end('asked'));
    await host.ended;
    return 0;
  } catch (error) {
    if (!(error instanceof UserError)) onBug(error);
    const message = error instanceof Error ? error.message : String(error);
    await say({ kind: 'failed', message, remedy: error instanceof UserError ? error.remedy : undefined });
    return error instanceof UserError ? 2 : BUG;
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
