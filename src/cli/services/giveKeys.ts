import { withoutGateway } from '../../engine/model/gatewayVariables.ts';
import { processEnvironment } from '../../engine/ports.ts';
import type { ServicesStatus } from '../../protocol/servicesCalls.ts';
import type { ServicesLink } from '../../services/servicesLink.ts';

/**
 * Keys that the gateway's routes need, from the environment of this terminal: a process that the editor has started reads none
 * itself. They are sent over the socket of the workspace alone.
 */
export async function giveKeys(link: ServicesLink, status: ServicesStatus): Promise<ServicesStatus> {
  const { gateway } = status;
  if (gateway.state !== 'serving') return status;

  const environment = withoutGateway(processEnvironment);
  const keys = gateway.keysWanted.flatMap((key) => {
    const value = environment.get(key.variable);
    return value ? [{ ...key, value }] : [];
  });
  return keys.length === 0 ? status : link.call('gateway/keys', { keys });
}
