import type { Command } from 'commander';
import { UsageError } from '../../engine/errors.ts';
import { processEnvironment, systemClock } from '../../engine/ports.ts';
import { readOtlpSettings } from '../../engine/telemetry/otlp/otlpSettings.ts';
import { RequestForwarder } from '../../engine/telemetry/otlp/requestForwarder.ts';
import type { Exposure } from '../../services/receiving.ts';
import { USUAL_PORT } from '../../services/receiving.ts';
import { ServicesHost } from '../../services/servicesHost.ts';
import { ServicesLink } from '../../services/servicesLink.ts';
import { stopServices } from '../../services/stopServices.ts';
import { systemRandom } from '../../systemRandom.ts';
import { EXIT } from '../exitCode.ts';
import { wholeNumber } from '../options/amounts.ts';
import { configOption } from '../options/common.ts';
import { readForwardHeaders } from '../otlp.ts';
import type { RunAction } from '../runAction.ts';
import type { Io } from '../terminal/io.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import { receiverLines, statusLines } from '../views/services.ts';
import { workspaceFolder } from '../workspaceFolder.ts';

interface ServeOptions {
  config?: string;
  port?: number;
  host?: string;
  allowHost?: string[];
  requireToken?: boolean;
  forward?: string;
  forwardHeader?: string[];
  status?: boolean;
  stop?: boolean;
  json?: boolean;
}

/** `touchstone serve`: its arguments and options. */
export function addServe(program: Command, act: RunAction): void {
  program
    .command('serve')
    .description('receive the traces of agents over OTLP, for this workspace, until Ctrl-C')
    .argument('[folder]', 'the workspace folder')
    .addOption(configOption())
    .option(
      '-p, --port <port>',
      `the port to receive on; 0 for any that is free (default: ${USUAL_PORT})`,
      wholeNumber(0, 65_535),
    )
    .option('--require-token', 'receive only from senders that show a token, which is printed')
    .option('--host <address>', 'receive on another address than 127.0.0.1; requires a token')
    .option('--allow-host <name...>', 'with --host: names by which senders may reach this machine')
    .option(
      '--forward <url>',
      'send on what is received to another OTLP endpoint, such as LangSmith or Langfuse',
    )
    .option(
      '--forward-header <name=value...>',
      'with --forward: headers of each request; ${env:NAME} stands for an environment variable',
    )
    .option('--status', 'show whether the services process runs, and what it receives')
    .option('--stop', 'stop the services process')
    .option('--json', 'with --status or --stop: print JSON')
    .action((folder: string | undefined, options: ServeOptions) => act((io) => serve(folder, options, io)));
}

async function serve(folder: string | undefined, options: ServeOptions, io: Io): Promise<number> {
  checkOptions(options);
  const root = workspaceFolder(folder, options, io.cwd);
  if (options.status) return showStatus(root, options, io);
  if (options.stop) return stop(root, options, io);
  return (await useRunning(root, options, io)) ?? (await host(root, options, io));
}

function checkOptions({ status, stop: stops, json, host: address, allowHost }: ServeOptions): void {
  if (status && stops)
    throw new UsageError('--status and --stop cannot be combined', { remedy: 'Use one of them.' });
  if (json && !status && !stops)
    throw new UsageError('--json goes with --status or --stop', { remedy: 'Add one of them.' });
  if (allowHost && address === undefined)
    throw new UsageError('--allow-host goes with --host', {
      remedy: 'Add --host with the address to receive on, such as 0.0.0.0.',
    });
}

/** Fails where no process runs, so that a script can tell. */
async function showStatus(root: string, { json }: ServeOptions, io: Io): Promise<number> {
  const link = await ServicesLink.find(root, { client: 'terminal', clock: systemClock });
  if (!link) {
    io.out(
      json ? JSON.stringify({ running: false }, null, 2) : 'no services process runs for this workspace',
    );
    return EXIT.failed;
  }

  try {
    const status = await link.call('services/status', {});
    // Who asks is not counted.
    const attached = { ...status.attached, terminals: Math.max(0, status.attached.terminals - 1) };
    const shown = { ...status, attached };
    if (json) io.out(JSON.stringify({ running: true, ...shown }, null, 2));
    else for (const line of statusLines(shown, systemClock.now())) io.out(line);
    return EXIT.passed;
  } finally {
    link.close();
  }
}

async function stop(root: string, { json }: ServeOptions, io: Io): Promise<number> {
  const pid = await stopServices(root, systemClock);
  if (json) io.out(JSON.stringify({ stopped: pid }, null, 2));
  else io.out(pid === null ? 'no services process runs for this workspace' : `stopped process ${pid}`);
  return EXIT.passed;
}

/** Where the process runs already, it receives from now on; undefined where there is none. */
async function useRunning(root: string, options: ServeOptions, io: Io): Promise<number | undefined> {
  const link = await ServicesLink.find(root, { client: 'terminal', clock: systemClock });
  if (!link) return undefined;

  try {
    if (options.host !== undefined || options.forward !== undefined)
      throw new UsageError(
        `the services process of this workspace runs already (process ${link.lease.pid})`,
        {
          remedy: 'Stop it with touchstone serve --stop, then start it anew.',
        },
      );
    const status = await link.call('services/receive', {
      on: true,
      port: options.port ?? null,
      keep: false,
      requireToken: options.requireToken ?? null,
    });
    io.out(`the services process runs already (process ${status.pid})`);
    for (const line of receiverLines(status.receiver)) io.out(line);
    return EXIT.passed;
  } finally {
    link.close();
  }
}

async function host(root: string, options: ServeOptions, io: Io): Promise<number> {
  const forward = await openForward(options, io);
  const started = await ServicesHost.start({
    forward,
    root,
    foreground: true,
    idleMs: null,
    exposure: exposureOf(options),
    clock: systemClock,
    random: systemRandom,
    onBug: (error) => io.err(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  });
  // Another one was started at this very moment.
  if (!started) return (await useRunning(root, options, io)) ?? EXIT.userError;

  const release = onSignals(() => void started.end('asked'), io);
  try {
    const { receiver } = await started.receive({
      on: true,
      port: options.port ?? USUAL_PORT,
      keep: false,
      requireToken: options.requireToken ?? false,
    });
    for (const line of receiverLines(receiver)) io.out(line);
    io.err('press Ctrl-C to stop');
    const reason = await started.ended;
    if (reason === 'replaced') io.err('stopped: the .touchstone folder was removed or replaced');
    return EXIT.passed;
  } finally {
    await started.end('asked');
    release();
  }
}

/** Keys come from the environment of this process, and go to the given address only. Throws UsageErrors. */
async function openForward(
  { forward, forwardHeader = [] }: ServeOptions,
  io: Io,
): Promise<RequestForwarder | undefined> {
  if (forward === undefined) {
    if (forwardHeader.length === 0) return undefined;
    throw new UsageError('--forward-header needs --forward', { remedy: 'Add the endpoint: --forward URL' });
  }

  const headers = readForwardHeaders(forward, forwardHeader, processEnvironment);
  const settings = readOtlpSettings({ url: forward, source: '--forward', headers }, processEnvironment);
  // Loaded on demand: the serializers are large.
  const { createOtlpClient } = await import('../../engine/telemetry/otlp/otlpClient.ts');
  const client = createOtlpClient(settings, { clock: systemClock, random: systemRandom });
  const { origin, pathname } = new URL(settings.traces.url);
  io.out(`sending on to ${origin}${pathname}`);
  return new RequestForwarder(client, (reason) =>
    io.err(io.errStyle.yellow(`not sent on to ${origin}: ${sanitizeLine(reason)}`)),
  );
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
