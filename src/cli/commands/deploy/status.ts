import type { Command } from 'commander';
import { systemClock } from '../../../engine/ports.ts';
import { EXIT } from '../../exitCode.ts';
import { configOption } from '../../options/common.ts';
import type { RunAction } from '../../runAction.ts';
import { chosenEntry } from '../../services/deployments.ts';
import { readDeployments } from '../../services/readDeployments.ts';
import type { Io } from '../../terminal/io.ts';
import { sanitizeLine } from '../../terminal/sanitize.ts';
import { deploymentLines, shortLines } from '../../views/deployment.ts';

interface StatusOptions {
  config?: string;
  json?: boolean;
}

/** `touchstone deploy status`: its arguments and options. */
export function addDeployStatus(deploy: Command, act: RunAction): void {
  deploy
    .command('status', { isDefault: true })
    .description('show where a deployment is: its steps, blue beside green, the gate, the journal')
    .argument('[deployment]', 'the deployment (default: all of them)')
    .addOption(configOption())
    .option('--json', 'print JSON')
    .action((deployment, options) => act((io) => status(deployment, options, io)));
}

async function status(name: string | undefined, options: StatusOptions, io: Io): Promise<number> {
  const { entries, problems } = await readDeployments(options, io);
  const shown =
    name === undefined ? entries : [chosenEntry({ entries, problems }, name)].flatMap((entry) => entry ?? []);
  if (options.json) {
    io.out(JSON.stringify({ deployments: shown, problems }, null, 2));
    return EXIT.passed;
  }

  const now = systemClock.now();
  for (const problem of problems) io.err(io.errStyle.yellow(sanitizeLine(problem)));
  const [only] = shown;
  if (!only) io.out('no deployment has begun: touchstone deploy start NAME --to VERSION');
  else if (shown.length === 1) for (const line of deploymentLines(only, now, io)) io.out(line);
  else
    for (const [at, entry] of shown.entries())
      for (const line of [...(at === 0 ? [] : ['']), ...shortLines(entry, now, io)]) io.out(line);
  return EXIT.passed;
}
