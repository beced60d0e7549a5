import { UserError } from '../../engine/errors.ts';
import type { ServingGateway } from '../../protocol/gatewayEntries.ts';
import type { ServicesStatus } from '../../protocol/servicesCalls.ts';
import type { ServicesLink } from '../../services/servicesLink.ts';
import { askServices } from './runningServices.ts';

/** Asks the services process of a workspace whose gateway runs. Rejects with UserErrors where it does not. */
export async function askGateway(
  root: string,
  ask: (link: ServicesLink, serving: ServingGateway) => Promise<ServicesStatus>,
): Promise<ServingGateway> {
  const status = await askServices(root, async (link) =>
    ask(link, servingOf(await link.call('services/status', {}))),
  );
  return servingOf(status);
}

/** Throws UserError where it does not run. */
export function servingOf(status: ServicesStatus | undefined): ServingGateway {
  const { gateway } = status ?? {};
  if (gateway?.state === 'serving') return gateway;
  if (gateway?.state === 'failed')
    throw new UserError(`the gateway of this workspace does not run: ${gateway.message}`, {
      remedy: gateway.remedy,
    });
  throw new UserError('the gateway of this workspace does not run', {
    remedy: 'Start it with: touchstone gateway start',
  });
}
