import { Argument, type Command } from 'commander';
import { argoRollouts } from '../../../engine/deploy/exports/argoRollouts.ts';
import { DEFAULT_GATE_URL, DEFAULT_SECRET } from '../../../engine/deploy/exports/exportOptions.ts';
import { flagger } from '../../../engine/deploy/exports/flagger.ts';
import { UsageError } from '../../../engine/errors.ts';
import { defined } from '../../../engine/model/defined.ts';
import { EXIT } from '../../exitCode.ts';
import { onInterrupt } from '../../interrupt.ts';
import { openWorkspace } from '../../openWorkspace.ts';
import { configOption } from '../../options/common.ts';
import type { RunAction } from '../../runAction.ts';
import type { Io } from '../../terminal/io.ts';

interface ExportDeploymentOptions {
  config?: string;
  gateUrl: string;
  secret: string;
}

/** `touchstone deploy export`: its options. */
export function addDeployExport(deploy: Command, act: RunAction): void {
  deploy
    .command('export')
    .description(
      'print a deployment as objects of Argo Rollouts or Flagger that hold its steps to the same gate',
    )
    .addArgument(new Argument('<controller>', 'for which controller').choices(['argo', 'flagger']))
    .argument('<name>', 'the deployment')
    .addOption(configOption())
    .option('--gate-url <url>', 'where `touchstone gate serve` is reached from the cluster', DEFAULT_GATE_URL)
    .option('--secret <name>', 'the Secret with its token, under the key token', DEFAULT_SECRET)
    .action((controller: string, name: string, options: ExportDeploymentOptions) =>
      act((io) => exportDeployment(controller, name, options, io)),
    );
}

/** The objects go to standard output; what they do not say, to standard error as well. */
async function exportDeployment(
  controller: string,
  name: string,
  { config: configPath, gateUrl, secret }: ExportDeploymentOptions,
  io: Io,
): Promise<number> {
  const { signal, release } = onInterrupt(io);
  try {
    const { workspace } = await openWorkspace([], defined({ config: configPath }), io.cwd, signal);
    const { deployments = [], suites } = workspace.config;
    const config = deployments.find((one) => one.name === name);
    if (!config)
      throw new UsageError(`there is no deployment '${name}'`, {
        remedy:
          deployments.length === 0
            ? 'Add it under deployments.'
            : `Use one of: ${deployments.map((one) => one.name).join(', ')}.`,
      });

    const gate = suites.find((suite) => suite.name === config.suite)?.gate;
    const { yaml, notSaid } = (controller === 'argo' ? argoRollouts : flagger)({
      config,
      gate,
      gateUrl,
      secret,
    });
    io.out(yaml.trimEnd());
    for (const line of notSaid) io.err(`not expressed: ${line}`);
    return EXIT.passed;
  } finally {
    release();
  }
}
