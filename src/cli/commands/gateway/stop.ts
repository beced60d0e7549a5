import type { Command } from 'commander';
import { forgetGateway } from '../../../services/forgetServices.ts';
import { systemRandom } from '../../../systemRandom.ts';
import { EXIT } from '../../exitCode.ts';
import { configOption } from '../../options/common.ts';
import type { RunAction } from '../../runAction.ts';
import { askServices } from '../../services/runningServices.ts';
import type { Io } from '../../terminal/io.ts';
import { workspaceFolder } from '../../workspaceFolder.ts';

interface StopOptions {
  config?: string;
  json?: boolean;
}

/** `touchstone gateway stop`: its options. */
export function addGatewayStop(gateway: Command, act: RunAction): void {
  gateway
    .command('stop')
    .description('stop the gateway; requests in progress are finished first')
    .argument('[folder]', 'the workspace folder')
    .addOption(configOption())
    .option('--json', 'print JSON')
    .action((folder, options) => act((io) => stop(folder, options, io)));
}

async function stop(folder: string | undefined, options: StopOptions, io: Io): Promise<number> {
  const root = workspaceFolder(folder, options, io.cwd);
  let port: number | null = null;
  await askServices(root, async (link) => {
    const { gateway } = await link.call('services/status', {});
    if (gateway.state === 'serving') port = gateway.port;
    if (gateway.state !== 'off') await link.call('gateway/stop', {});
  });

  const left = port === null ? forgetGateway(root, systemRandom) : null;
  if (options.json) io.out(JSON.stringify({ stopped: port, forgotten: left?.port ?? null }, null, 2));
  else io.out(text(port, left?.port ?? null));
  return EXIT.passed;
}

function text(port: number | null, left: number | null): string {
  if (port !== null) return `stopped the gateway on port ${port}`;
  if (left === null) return 'the gateway of this workspace does not run';
  return `the gateway on port ${left} had been killed already, and is not started again`;
}
