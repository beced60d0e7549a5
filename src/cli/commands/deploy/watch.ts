import type { Command } from 'commander';
import { UserError } from '../../../engine/errors.ts';
import { configOption } from '../../options/common.ts';
import type { RunAction } from '../../runAction.ts';
import { chosenEntry } from '../../services/deployments.ts';
import { readDeployments } from '../../services/readDeployments.ts';
import { watchDeployment } from '../../services/watchDeployment.ts';
import type { Io } from '../../terminal/io.ts';
import { workspaceFolder } from '../../workspaceFolder.ts';

interface WatchOptions {
  config?: string;
  json?: boolean;
}

/** `touchstone deploy watch`: its arguments and options. */
export function addDeployWatch(deploy: Command, act: RunAction): void {
  deploy
    .command('watch')
    .description(
      'show each change until the deployment is at 100 % (exit code 0), rolled back (1) or paused (3); Ctrl-C ends the watching alone',
    )
    .argument('[deployment]', 'the deployment (default: the one that goes on)')
    .addOption(configOption())
    .option('--json', 'print one line of JSON for each change')
    .action((deployment, options) => act((io) => watch(deployment, options, io)));
}

async function watch(name: string | undefined, options: WatchOptions, io: Io): Promise<number> {
  const entry = chosenEntry(await readDeployments(options, io), name);
  if (!entry)
    throw new UserError('no deployment has begun', {
      remedy: 'Begin one with: touchstone deploy start NAME --to VERSION',
    });
  const root = workspaceFolder(undefined, options, io.cwd);
  return watchDeployment(root, entry.deployment, { json: options.json ?? false }, io);
}
