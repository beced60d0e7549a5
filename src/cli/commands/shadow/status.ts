import type { Command } from 'commander';
import type { ServicesStatus } from '../../../protocol/servicesCalls.ts';
import { EXIT } from '../../exitCode.ts';
import { configOption } from '../../options/common.ts';
import type { RunAction } from '../../runAction.ts';
import { watchServices } from '../../services/watchServices.ts';
import type { Io } from '../../terminal/io.ts';
import { gatewayLines } from '../../views/gateway.ts';
import { shadowLines, shadowsJson } from '../../views/shadow.ts';
import { workspaceFolder } from '../../workspaceFolder.ts';

interface StatusOptions {
  config?: string;
  json?: boolean;
  watch?: boolean;
}

/** `touchstone shadow status`: its options. */
export function addShadowStatus(shadow: Command, act: RunAction): void {
  shadow
    .command('status', { isDefault: true })
    .description('show what is mirrored, the pairs and verdict so far, and whether the primary suffers')
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
    const routes = gateway.state === 'serving' ? gateway.routes : [];
    const indent = options.watch ? 0 : 2;
    if (options.json)
      io.out(JSON.stringify({ running: gateway.state === 'serving', ...shadowsJson(routes) }, null, indent));
    else if (gateway.state !== 'serving') for (const line of gatewayLines(gateway, now, io)) io.out(line);
    else if (routes.every((route) => route.shadow === null))
      io.out('nothing is mirrored; start with: touchstone shadow start ROUTE --to TARGET');
    else for (const line of routes.flatMap((route) => shadowLines(route, io))) io.out(line);
    return gateway.state === 'serving' ? EXIT.passed : EXIT.failed;
  };
  return watchServices(root, options.watch ?? false, show, io);
}
