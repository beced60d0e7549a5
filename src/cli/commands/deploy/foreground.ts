import { statusOf } from '../../../engine/deploy/status/statusOf.ts';
import { UsageError } from '../../../engine/errors.ts';
import { isOver } from '../../../engine/model/deploymentFigures.ts';
import type { DeploymentConfig } from '../../../engine/suites/deploying/deploymentConfig.ts';
import type { DeploymentPlan } from '../../../protocol/deploymentParams.ts';
import type { WorkspaceDesk } from '../../../services/deploymentDesk.ts';
import { deploymentEntryOf } from '../../../services/deploymentEntry.ts';
import type { DeploymentPlaces } from '../../../services/deploymentPlaces.ts';
import { EXIT } from '../../exitCode.ts';
import { onInterrupt } from '../../interrupt.ts';
import { openWorkspace } from '../../openWorkspace.ts';
import { endOf } from '../../services/deployments.ts';
import { openTerminalDesk } from '../../services/terminalDesk.ts';
import { ShownDeployment } from '../../services/watchDeployment.ts';
import type { Io } from '../../terminal/io.ts';

interface ForegroundOptions {
  config?: string;
  to: string;
  override?: string;
  json?: boolean;
}

/** Why the command ends before the deployment does. */
const PAUSED = 'paused';

/** Controls a deployment in this command until it has ended or pauses. One of this version that was left half way goes on. */
export async function deployForeground(
  name: string,
  options: ForegroundOptions,
  isConfirmed: (plan: DeploymentPlan) => Promise<boolean>,
  io: Io,
): Promise<number> {
  const { workspace } = await openWorkspace([], options, io.cwd, new AbortController().signal);
  const config = workspace.config.deployments?.find((one) => one.name === name);
  if (config?.router.kind === 'local')
    throw new UsageError('a route of the gateway is steered by the process that serves it', {
      remedy: 'Leave out --foreground; --wait waits for the end.',
    });

  const { desk, places } = openTerminalDesk({
    ...{ root: workspace.root, access: 'write' },
    load: async () => workspace,
  });
  const { signal, release } = onInterrupt(
    io,
    'nobody controls the deployment from now on; the same command goes on with it',
  );
  try {
    const wanted = { deployment: name, to: options.to };
    const plan = await desk.plan(wanted, signal);
    if (!(await isConfirmed(plan))) {
      io.err('nothing was changed');
      return EXIT.failed;
    }
    const { override } = options;
    const reason = override === undefined ? {} : { override };
    if (!(config && (await isUnderWay(config, plan, places, signal))))
      await desk.begin({ ...wanted, where: plan.where, ...reason }, signal);
    return await drive(desk, name, options.json ?? false, signal, io);
  } finally {
    release();
    places.close();
  }
}

async function drive(
  desk: WorkspaceDesk,
  name: string,
  json: boolean,
  signal: AbortSignal,
  io: Io,
): Promise<number> {
  const shown = new ShownDeployment({ json }, io);
  const stop = new AbortController();
  const phase = await desk.drive(
    name,
    (status) => {
      if (shown.show(deploymentEntryOf(status)) === EXIT.paused) stop.abort(PAUSED);
    },
    AbortSignal.any([signal, stop.signal]),
  );
  if (signal.aborted) return EXIT.interrupted;
  if (phase === null)
    throw new UsageError('another controller has this deployment', { remedy: 'Wait until it ends.' });
  return endOf({ phase }) ?? EXIT.failed;
}

async function isUnderWay(
  config: DeploymentConfig,
  { to }: DeploymentPlan,
  places: DeploymentPlaces,
  signal: AbortSignal,
): Promise<boolean> {
  const journal = places.journalOf(config);
  const status = statusOf(config, await journal.read(config.name, signal));
  return status !== undefined && !isOver(status) && status.pair.green.name === to;
}
