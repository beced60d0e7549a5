import type { Command } from 'commander';
import { systemClock } from '../../../engine/ports.ts';
import { EXIT } from '../../exitCode.ts';
import { configOption } from '../../options/common.ts';
import type { RunAction } from '../../runAction.ts';
import { chosenEntry } from '../../services/deployments.ts';
import { readDeployments } from '../../services/readDeployments.ts';
import type { Io } from '../../terminal/io.ts';
import { explainLines } from '../../views/deployment.ts';

interface ExplainOptions {
  config?: string;
  json?: boolean;
}

/** `touchstone deploy explain`: its arguments and options. */
export function addDeployExplain(deploy: Command, act: RunAction): void {
  deploy
    .command('explain')
    .description('say why a deployment is where it is, and what can be done now')
    .argument('[deployment]', 'the deployment (default: the one that goes on)')
    .addOption(configOption())
    .option('--json', 'print JSON')
    .action((deployment, options) => act((io) => explain(deployment, options, io)));
}

async function explain(name: string | undefined, options: ExplainOptions, io: Io): Promise<number> {
  const entry = chosenEntry(await readDeployments(options, io), name);
  if (options.json) {
    const said = entry
      ? {
          deployment: entry.deployment,
          phase: entry.phase,
          explanation: entry.explanation,
          actions: entry.actions,
        }
      : null;
    io.out(JSON.stringify(said, null, 2));
  } else if (entry) for (const line of explainLines(entry, systemClock.now(), io)) io.out(line);
  else io.out('no deployment has begun: touchstone deploy start NAME --to VERSION');
  return EXIT.passed;
}
