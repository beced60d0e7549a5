import type { Command } from 'commander';
import { UsageError } from '../../../engine/errors.ts';
import { systemClock } from '../../../engine/ports.ts';
import type { DeploymentPlan } from '../../../protocol/deploymentParams.ts';
import { ServicesLink } from '../../../services/servicesLink.ts';
import { EXIT } from '../../exitCode.ts';
import { configOption } from '../../options/common.ts';
import { deploymentName, reasonText } from '../../options/shortText.ts';
import type { RunAction } from '../../runAction.ts';
import { entryOf } from '../../services/deployments.ts';
import { giveKeys } from '../../services/giveKeys.ts';
import { askOver } from '../../services/runningServices.ts';
import { watchDeployment } from '../../services/watchDeployment.ts';
import { confirm } from '../../terminal/confirm.ts';
import type { Io } from '../../terminal/io.ts';
import { sanitizeLine } from '../../terminal/sanitize.ts';
import { planLines, shortLines } from '../../views/deployment.ts';
import { workspaceFolder } from '../../workspaceFolder.ts';

interface StartOptions {
  config?: string;
  to: string;
  wait?: boolean;
  foreground?: boolean;
  yes?: boolean;
  context?: string;
  override?: string;
  json?: boolean;
}

/** `touchstone deploy start`: its arguments and options. */
export function addDeployStart(deploy: Command, act: RunAction): void {
  deploy
    .command('start')
    .description('begin a deployment, or bring another version forward in place of the one under way')
    .argument('<deployment>', 'a deployment of touchstone.yaml', deploymentName)
    .requiredOption(
      '--to <version>',
      'what is to follow: a name under "versions", release/NAME, or the URL of an agent',
      reasonText,
    )
    .option(
      '--wait',
      'wait until it is at 100 % (exit code 0), rolled back (1) or paused (3); Ctrl-C ends the waiting alone',
    )
    .option('--foreground', 'control it in this command, without another process; for a cluster, in CI')
    .option('-y, --yes', 'do not ask; where a cluster is steered, --context must name its context')
    .option('--context <name>', 'the context of the cluster that is meant')
    .option(
      '--override <reason>',
      'although nothing has approved the release; the reason stays in the journal',
      reasonText,
    )
    .addOption(configOption())
    .option('--json', 'print JSON; with --wait, one line for each change')
    .action((deployment, options) => act((io) => start(deployment, options, io)));
}

async function start(name: string, options: StartOptions, io: Io): Promise<number> {
  if (options.foreground) {
    const { deployForeground } = await import('./foreground.ts');
    return deployForeground(name, options, (plan) => isConfirmed(plan, options, io), io);
  }
  const root = workspaceFolder(undefined, options, io.cwd);
  const link = await ServicesLink.attach(
    root,
    { client: 'terminal', clock: systemClock, mayReadKeys: true },
    new AbortController().signal,
  );
  const status = await askOver(link, async (asked) => {
    const wanted = { deployment: name, to: options.to };
    const plan = await asked.call('deployment/plan', wanted);
    if (!(await isConfirmed(plan, options, io))) return undefined;
    const { override } = options;
    const reason = override === undefined ? {} : { override };
    return giveKeys(asked, await asked.call('deployment/start', { ...wanted, where: plan.where, ...reason }));
  });
  if (!status) {
    io.err('nothing was changed');
    return EXIT.failed;
  }
  if (options.wait) return watchDeployment(root, name, { json: options.json ?? false }, io);

  const entry = entryOf(status, name);
  if (options.json) io.out(JSON.stringify(entry, null, 2));
  else {
    for (const line of shortLines(entry, systemClock.now(), io)) io.out(line);
    io.out(io.style.dim(`  watch it with: touchstone deploy watch ${sanitizeLine(name)}`));
  }
  return EXIT.passed;
}

/** Shows what would be moved, and asks. Throws UsageError where another cluster is meant. */
async function isConfirmed(plan: DeploymentPlan, options: StartOptions, io: Io): Promise<boolean> {
  const { context } = plan;
  if (options.context !== undefined && options.context !== context)
    throw new UsageError(
      context === null
        ? `--context ${options.context} was given, and no cluster is steered`
        : `--context ${options.context} was given, and ${context} would be steered`,
      { remedy: 'Correct --context, or the deployment in touchstone.yaml.' },
    );
  if (options.yes && context !== null && options.context === undefined)
    throw new UsageError(`--yes needs --context where a cluster is steered`, {
      remedy: `Add: --context ${context}`,
    });

  for (const line of planLines(plan, io)) io.err(line);
  const instead = context === null ? '--yes' : `--yes --context ${context}`;
  return confirm({ question: 'Begin?', isGiven: options.yes ?? false, instead }, io);
}
