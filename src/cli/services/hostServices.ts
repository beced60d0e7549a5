import path from 'node:path';
import { AttachError, unreachable } from '../../engine/attach/attach.ts';
import { UsageError } from '../../engine/errors.ts';
import { processEnvironment, systemClock } from '../../engine/ports.ts';
import type { ServicesStatus } from '../../protocol/servicesCalls.ts';
import type { Exposure } from '../../services/receiving.ts';
import { USUAL_PORT } from '../../services/receiving.ts';
import { ServicesHost } from '../../services/servicesHost.ts';
import { ServicesLink } from '../../services/servicesLink.ts';
import { systemRandom } from '../../systemRandom.ts';
import { EXIT } from '../exitCode.ts';
import { letHeapGrow } from '../heap.ts';
import type { ServeOptions } from '../options/serveOptions.ts';
import { readHeader } from '../otlp.ts';
import type { Io } from '../terminal/io.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import { gatewayPlace } from '../views/gateway.ts';
import { notSentOn, receiverLines } from '../views/services.ts';
import { giveKeys } from './giveKeys.ts';
import { askOver, askServices } from './runningServices.ts';

/** How often it is tried where another process is just beginning or ending. */
const ATTEMPTS = 100;
const WAIT_MS = 100;

/** Hosts the services until Ctrl-C; where another process hosts them, that one receives from now on. */
export async function hostServices(root: string, options: ServeOptions, io: Io): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const used = await useRunning(root, options, io);
    if (used !== undefined) return used;

    letHeapGrow();
    const host = await begin(root, options, io);
    if (host) return serve(host, options, io);
    // Another one was started at this very moment.
    await systemClock.sleep(WAIT_MS);
  }
  throw unreachable(root);
}

/** Starts the process in the background where none runs, and lets it receive until it is stopped. */
export async function detachServices(root: string, options: ServeOptions, io: Io): Promise<number> {
  const { signal } = new AbortController();
  const link = await ServicesLink.attach(
    root,
    { client: 'terminal', clock: systemClock, mayReadKeys: true },
    signal,
  );
  const { port = null, requireToken = null } = options;
  const status = await askOver(link, async (asked) => {
    const receiving = await asked.call('services/receive', { on: true, port, keep: true, requireToken });
    return options.gateway ? startGateway(asked, options, true) : receiving;
  });
  if (options.json) {
    io.out(JSON.stringify({ running: true, ...status }, null, 2));
    return EXIT.passed;
  }

  for (const line of receiverLines(status.receiver)) io.out(line);
  if (options.gateway) for (const line of gatewayPlace(status)) io.out(line);
  for (const { to, reason } of status.forward)
    io.out(reason === null ? `sending on to ${sanitizeLine(to)}` : notSentOn({ to, reason }));
  const where = status.foreground ? 'in another terminal' : 'in the background';
  io.out(`process ${status.pid} runs ${where}; stop it with: touchstone serve --stop`);
  return EXIT.passed;
}

/** Undefined where there is none, or it is about to end. */
async function useRunning(root: string, options: ServeOptions, io: Io): Promise<number | undefined> {
  const { port = null, requireToken = null } = options;
  try {
    const status = await askServices(root, async (link) => {
      if (options.host !== undefined || options.forward !== undefined)
        throw new UsageError(
          `the services process of this workspace runs already (process ${link.lease.pid})`,
          { remedy: 'Stop it with touchstone serve --stop, then start it anew.' },
        );
      const { receiver } = await link.call('services/status', {});
      const keep = receiver.state === 'receiving' && receiver.keep;
      const receiving = await link.call('services/receive', { on: true, port, keep, requireToken });
      return options.gateway ? startGateway(link, options, keep) : receiving;
    });
    if (!status) return undefined;

    io.out(`the services process runs already (process ${status.pid})`);
    for (const line of receiverLines(status.receiver)) io.out(line);
    if (options.gateway) for (const line of gatewayPlace(status)) io.out(line);
    return EXIT.passed;
  } catch (error) {
    if (error instanceof AttachError && error.remedy === 'Try again.') return undefined;
    throw error;
  }
}

/** One that serves already goes on when it is left, if it did before. */
async function startGateway(
  link: ServicesLink,
  options: ServeOptions,
  keep: boolean,
): Promise<ServicesStatus> {
  const { gateway } = await link.call('services/status', {});
  const wish = {
    port: options.gatewayPort ?? null,
    keep: gateway.state === 'serving' ? gateway.keep || keep : keep,
  };
  return giveKeys(link, await link.call('gateway/start', wish));
}

function begin(root: string, options: ServeOptions, io: Io): Promise<ServicesHost | undefined> {
  const { forward, forwardHeader = [] } = options;
  const given =
    forward === undefined
      ? undefined
      : [
          {
            url: forward,
            headers: Object.fromEntries(forwardHeader.map(readHeader('--forward-header'))),
            owner: { url: '--forward', headers: '--forward-header' },
          },
        ];
  return ServicesHost.start({
    root,
    foreground: true,
    idleMs: null,
    exposure: exposureOf(options),
    forward: {
      configFile: path.join(root, path.basename(options.config ?? 'touchstone.yaml')),
      environment: processEnvironment,
      mayReadKeys: true,
      given,
      onLoss: (to, reason) => io.err(io.errStyle.yellow(notSentOn({ to, reason }))),
    },
    clock: systemClock,
    random: systemRandom,
    onBug: (error) => io.err(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  });
}

async function serve(host: ServicesHost, options: ServeOptions, io: Io): Promise<number> {
  const release = onSignals(() => void host.end('asked'), io);
  try {
    const { receiver, forward } = await host.receive({
      on: true,
      port: options.port ?? USUAL_PORT,
      keep: false,
      requireToken: options.requireToken ?? false,
    });
    for (const { to, reason } of forward)
      if (reason === null) io.out(`sending on to ${sanitizeLine(to)}`);
      else io.err(io.errStyle.yellow(notSentOn({ to, reason })));
    for (const line of receiverLines(receiver)) io.out(line);
    if (options.gateway) {
      const status = await host.startGateway({ port: options.gatewayPort ?? null, keep: false });
      for (const line of gatewayPlace(status)) io.out(line);
    }
    io.err('press Ctrl-C to stop');
    const reason = await host.ended;
    if (reason === 'replaced') io.err('stopped: the .touchstone folder was removed or replaced');
    return EXIT.passed;
  } finally {
    await host.end('asked');
    release();
  }
}

function exposureOf({ host: address, allowHost = [], requireToken }: ServeOptions): Exposure {
  const token = requireToken || address !== undefined ? systemRandom.hex(16) : null;
  return { address, hosts: allowHost.map((name) => name.toLowerCase()), token };
}

/** The first one ends it politely, the second one at once. */
function onSignals(end: () => void, io: Io): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  let asked = false;
  const stopNow = (): void => {
    if (asked) io.endAtOnce();
    asked = true;
    end();
  };
  for (const name of signals) process.on(name, stopNow);
  return () => {
    for (const name of signals) process.off(name, stopNow);
  };
}
