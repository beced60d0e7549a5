import type { Command } from 'commander';
import { systemClock } from '../../../engine/ports.ts';
import { ServicesLink } from '../../../services/servicesLink.ts';
import { EXIT } from '../../exitCode.ts';
import { wholeNumber } from '../../options/amounts.ts';
import { configOption } from '../../options/common.ts';
import type { RunAction } from '../../runAction.ts';
import { giveKeys } from '../../services/giveKeys.ts';
import { servingOf } from '../../services/runningGateway.ts';
import { askOver } from '../../services/runningServices.ts';
import type { Io } from '../../terminal/io.ts';
import { gatewayJson, servingLines } from '../../views/gateway.ts';
import { workspaceFolder } from '../../workspaceFolder.ts';

interface StartOptions {
  config?: string;
  port?: number;
  json?: boolean;
}

/** `touchstone gateway start`: its options. */
export function addGatewayStart(gateway: Command, act: RunAction): void {
  gateway
    .command('start')
    .description('start the gateway in the background; it runs until "gateway stop"')
    .argument('[folder]', 'the workspace folder')
    .addOption(configOption())
    .option(
      '-p, --port <port>',
      'the port on 127.0.0.1; 0 for any that is free (default: gateway.port of touchstone.yaml, or 4320)',
      wholeNumber(0, 65_535),
    )
    .option('--json', 'print JSON')
    .action((folder, options) => act((io) => start(folder, options, io)));
}

async function start(folder: string | undefined, options: StartOptions, io: Io): Promise<number> {
  const root = workspaceFolder(folder, options, io.cwd);
  const { signal } = new AbortController();
  const link = await ServicesLink.attach(
    root,
    { client: 'terminal', clock: systemClock, mayReadKeys: true },
    signal,
  );
  const status = await askOver(link, async (asked) =>
    giveKeys(asked, await asked.call('gateway/start', { port: options.port ?? null, keep: true })),
  );

  const serving = servingOf(status);
  if (options.json) io.out(JSON.stringify(gatewayJson(serving, status.pid), null, 2));
  else for (const line of servingLines(serving, status, io)) io.out(line);
  return EXIT.passed;
}
