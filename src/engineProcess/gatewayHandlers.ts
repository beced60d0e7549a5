import { readTarget } from '../engine/suites/gateway/armTarget.ts';
import type { ArmTarget } from '../engine/suites/gateway/gatewayConfig.ts';
import { GATEWAY_DEFAULTS } from '../engine/suites/gateway/gatewayFile.ts';
import type { Handlers } from '../protocol/call.ts';
import type { gatewayCalls } from '../protocol/gatewayCalls.ts';
import { gatewayChoices } from './gatewayChoices.ts';
import type { ServicesAttachment } from './servicesAttachment.ts';
import { type Session, storeOf } from './session.ts';
import { shadowPairs } from './shadowPairs.ts';

/** The window's part in the gateway, which the services process serves. */
export function gatewayHandlers(
  session: Session,
  attachment: () => ServicesAttachment,
): Handlers<typeof gatewayCalls> {
  const trusted = (): ServicesAttachment => {
    session.requireTrust('the gateway');
    return attachment();
  };

  return {
    'gateway/look': () => trusted().look(),
    'gateway/start': (wanted, signal) => trusted().startGateway(wanted, signal),
    'gateway/stop': () => trusted().ask((link) => link.call('gateway/stop', {})),
    'gateway/weights': (wanted) => trusted().ask((link) => link.call('gateway/weights', wanted)),
    'gateway/choices': async (_params, signal) => {
      session.requireTrust('the gateway');
      return gatewayChoices(await session.load(signal));
    },
    'shadow/start': ({ to, ...wanted }) => {
      const { maxPairs, workers, queue } = GATEWAY_DEFAULTS;
      const shadow = { ...wanted, to: writtenTarget(to), maxPairs, workers, queue };
      return trusted().ask((link) => link.call('shadow/start', shadow));
    },
    'shadow/pairs': (wanted) => shadowPairs(storeOf(session, wanted.runId), wanted),
    'shadow/stop': (wanted) => trusted().ask((link) => link.call('shadow/stop', wanted)),
  };
}

function writtenTarget(text: string): ArmTarget {
  return /^https?:\/\//.test(text) ? { kind: 'agent', url: text } : readTarget(text);
}
