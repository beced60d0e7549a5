import type { Command } from 'commander';
import type { ServicesStatus } from '../../../protocol/servicesCalls.ts';
import { EXIT } from '../../exitCode.ts';
import { configOption } from '../../options/common.ts';
import type { RunAction } from '../../runAction.ts';
import { watchServices } from '../../services/watchServices.ts';
import type { Io } from '../../terminal/io.ts';
import { gatewayJson, gatewayLines } from '../../views/gateway.ts';
import { workspaceFolder } from '../../workspaceFolder.ts';

interface StatusOptions {
  config?: string;
  json?: boolean;
  watch?: boolean;
}

/** `touchstone gateway status`: its options. */
export function addGatewayStatus(gateway: Command, act: RunAction): void {
  gateway
    .command('status', { isDefault: true })
    .description('show the traffic of routes and their targets, and their shadows')
    .argument('[folder]', 'the workspace folder')
    .addOption(configOption())
    .option('-w, --watch', 'show it again whenever it changes, until Ctrl-C')
    .option('--json', 'print JSON; with --watch, one line for each change')
    .action((folder, options) => act((io) => status(folder, options, io)));
}

/** Fails where the gateway does not run, so that a script can tell. */
async function status(folder: string | undefined, options: StatusOptions, io: Io): Promise<number> {
  const root = workspaceFolder(folder, options, io.cwd);
  const show = (now: ServicesStatus | undefined): number => {
    const gateway = now?.gateway ?? { state: 'off' as const };
    if (options.json)
      io.out(JSON.stringify(gatewayJson(gateway, now?.pid ?? null), null, options.watch ? 0 : 2));
    else for (const line of gatewayLines(gateway, now, io)) io.out(line);
    return gateway.state === 'serving' ? EXIT.passed : EXIT.failed;
  };
  return watchServices(root, options.watch ?? false, show, io);
}
