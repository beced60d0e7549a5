import type { Command } from 'commander';
import { UsageError } from '../../engine/errors.ts';
import { USUAL_GATEWAY_PORT } from '../../services/liveGateway.ts';
import { USUAL_PORT } from '../../services/receiving.ts';
import { wholeNumber } from '../options/amounts.ts';
import { configOption } from '../options/common.ts';
import type { ServeOptions } from '../options/serveOptions.ts';
import type { RunAction } from '../runAction.ts';
import { detachServices, hostServices } from '../services/hostServices.ts';
import { endServices, showServices } from '../services/showServices.ts';
import type { Io } from '../terminal/io.ts';
import { workspaceFolder } from '../workspaceFolder.ts';

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
      'send on what is received to another OTLP endpoint, such as LangSmith or Langfuse, in place of those of the configuration',
    )
    .option(
      '--forward-header <name=value...>',
      'with --forward: headers of each request; ${env:NAME} stands for an environment variable',
    )
    .option('--gateway', 'pass on requests of applications to models and agents, too')
    .option(
      '--gateway-port <port>',
      `with --gateway: its port; 0 for any that is free (default: gateway.port of touchstone.yaml, or ${USUAL_GATEWAY_PORT})`,
      wholeNumber(0, 65_535),
    )
    .option('-d, --detach', 'receive in the background, until --stop')
    .option('--status', 'show whether the services process runs, and what it receives')
    .option('--stop', 'stop the services process')
    .option('--json', 'with --detach, --status or --stop: print JSON')
    .action((folder: string | undefined, options: ServeOptions) => act((io) => serve(folder, options, io)));
}

async function serve(folder: string | undefined, options: ServeOptions, io: Io): Promise<number> {
  checkOptions(options);
  const root = workspaceFolder(folder, options, io.cwd);
  const { status, stop, detach, json = false } = options;
  if (status) return showServices(root, json, io);
  if (stop) return endServices(root, json, io);
  return detach ? detachServices(root, options, io) : hostServices(root, options, io);
}

function checkOptions({
  status,
  stop,
  detach,
  json,
  host,
  allowHost,
  forward,
  forwardHeader,
  gateway,
  gatewayPort,
}: ServeOptions): void {
  const [first, second] = [status && '--status', stop && '--stop', detach && '--detach'].filter(Boolean);
  if (second)
    throw new UsageError(`${first} and ${second} cannot be combined`, { remedy: 'Use one of them.' });
  if (json && !first)
    throw new UsageError('--json goes with --detach, --status or --stop', { remedy: 'Add one of them.' });
  if (gatewayPort !== undefined && !gateway)
    throw new UsageError('--gateway-port goes with --gateway', { remedy: 'Add --gateway.' });
  if (gateway && (status || stop))
    throw new UsageError(`${first} and --gateway cannot be combined`, {
      remedy: 'Use touchstone gateway status, or touchstone gateway stop.',
    });
  if (allowHost && host === undefined)
    throw new UsageError('--allow-host goes with --host', {
      remedy: 'Add --host with the address to receive on, such as 0.0.0.0.',
    });
  if (forwardHeader && forward === undefined)
    throw new UsageError('--forward-header needs --forward', { remedy: 'Add the endpoint: --forward URL' });
  if (detach && forward !== undefined)
    throw new UsageError('--forward and --detach cannot be combined', {
      remedy: 'Name the endpoint in touchstone.yaml: traces.forward.url, and its headers.',
    });
  if (detach && host !== undefined)
    throw new UsageError('--host and --detach cannot be combined', {
      remedy: 'Other machines can send only while touchstone serve runs in a terminal.',
    });
}
