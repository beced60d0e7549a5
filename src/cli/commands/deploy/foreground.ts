import type { DeploymentPlan } from '../../../protocol/deploymentParams.ts';
import type { Io } from '../../terminal/io.ts';
export async function deployForeground(
  _name: string,
  _options: object,
  _confirmed: (plan: DeploymentPlan) => Promise<boolean>,
  _io: Io,
): Promise<number> {
  return 2;
}
