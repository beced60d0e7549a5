import type { Command } from 'commander';
import { systemClock } from '../../../engine/ports.ts';
import type { DeploymentAction } from '../../../protocol/deploymentEntries.ts';
import { ServicesLink } from '../../../services/servicesLink.ts';
import { EXIT } from '../../exitCode.ts';
import { configOption } from '../../options/common.ts';
import { deploymentName, reasonText } from '../../options/shortText.ts';
import type { RunAction } from '../../runAction.ts';
import { chosenEntry, entryOf } from '../../services/deployments.ts';
import { giveKeys } from '../../services/giveKeys.ts';
import { readDeployments } from '../../services/readDeployments.ts';
import { askOver } from '../../services/runningServices.ts';
import { confirm } from '../../terminal/confirm.ts';
import type { Io } from '../../terminal/io.ts';
import { sanitizeLine } from '../../terminal/sanitize.ts';
import { shortLines } from '../../views/deployment.ts';
import { workspaceFolder } from '../../workspaceFolder.ts';

interface ActOptions {
  config?: string;
  yes?: boolean;
  override?: string;
  json?: boolean;
}

/** A way back and a stop are never held up by a question. */
const ASKED: { readonly [action in DeploymentAction]?: string } = {
  promote: 'Give the next version more of the traffic now?',
  decommission: 'Stop the previous version? There is no way back by this deployment then.',
};

const ABOUT: { readonly [action in DeploymentAction]: string } = {
  promote: 'take the next step at once; the gate must not fail',
  pause: 'stay where it is until it is resumed',
  resume: 'go on after a pause: the step begins anew, with new evidence',
  abort: 'give all the traffic to blue, and stop green',
  rollback: 'the same, also while blue is kept at 100 %',
  decommission: 'stop the previous version now, and end the deployment',
};

/** `touchstone deploy promote`, `pause`, `resume`, `abort`, `rollback` and `decommission`. */
export function addDeployActions(deploy: Command, act: RunAction): void {
  for (const [action, about] of Object.entries(ABOUT) as [DeploymentAction, string][]) {
    const command = deploy
      .command(action)
      .description(about)
      .argument('<deployment>', 'the deployment', deploymentName)
      .addOption(configOption())
      .option('--json', 'print JSON');
    if (action === 'promote')
      command.option(
        '--override <reason>',
        'although the gate is undecided; the reason stays in the journal',
        reasonText,
      );
    if (ASKED[action] !== undefined) command.option('-y, --yes', 'do not ask');
    command.action((deployment: string, options: ActOptions) =>
      act((io) => take(action, deployment, options, io)),
    );
  }
}

async function take(action: DeploymentAction, name: string, options: ActOptions, io: Io): Promise<number> {
  const root = workspaceFolder(undefined, options, io.cwd);
  const link = await ServicesLink.attach(
    root,
    { client: 'terminal', clock: systemClock, mayReadKeys: true },
    new AbortController().signal,
  );
  const status = await askOver(link, async (asked) => {
    await giveKeys(asked, await asked.call('services/status', {}));
    const question = ASKED[action];
    if (question !== undefined) {
      // The process may have been started just now, and not have looked yet.
      const before = chosenEntry(await readDeployments(options, io), name);
      for (const line of before ? shortLines(before, systemClock.now(), io) : []) io.err(line);
      if (!(await confirm({ question, isGiven: options.yes ?? false, instead: '--yes' }, io)))
        return undefined;
    }
    const { override } = options;
    const reason = override === undefined ? {} : { reason: override };
    return asked.call('deployment/act', { deployment: name, action, ...reason });
  });
  if (!status) {
    io.err('nothing was changed');
    return EXIT.failed;
  }

  const entry = entryOf(status, name);
  if (options.json) io.out(JSON.stringify(entry, null, 2));
  else {
    for (const line of shortLines(entry, systemClock.now(), io)) io.out(line);
    io.out(io.style.dim(`  watch it with: touchstone deploy watch ${sanitizeLine(name)}`));
  }
  return EXIT.passed;
}
