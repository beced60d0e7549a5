import { existsSync } from 'node:fs';
import { deploymentsPath } from '../engine/deploy/journal/deploymentsFormat.ts';
import { LocalJournal } from '../engine/deploy/journal/localJournal.ts';
import { statusOf } from '../engine/deploy/status/statusOf.ts';
import { isOver } from '../engine/model/deploymentFigures.ts';
import { systemClock } from '../engine/ports.ts';
import { processOwner } from '../processOwner.ts';
import type { Handlers } from '../protocol/call.ts';
import type { deploymentCalls } from '../protocol/deploymentCalls.ts';
import { deploymentChoices } from './deploymentChoices.ts';
import type { ServicesAttachment } from './servicesAttachment.ts';
import type { Session } from './session.ts';

/** The window's part in deployments, which the services process drives. */
export function deploymentHandlers(
  session: Session,
  attachment: () => ServicesAttachment,
): Handlers<typeof deploymentCalls> {
  const trusted = (): ServicesAttachment => {
    session.requireTrust('a deployment');
    return attachment();
  };

  return {
    'deployment/look': async (_params, signal) => {
      const attached = trusted();
      // One that has not ended goes on as soon as somebody is there.
      if (!(await hasUnfinished(session.root, signal))) return attached.look();
      return attached.ask((link) => link.call('services/status', {}));
    },
    'deployment/choices': async (_params, signal) => {
      session.requireTrust('a deployment');
      return deploymentChoices(await session.load(signal));
    },
    'deployment/plan': (wanted, signal) =>
      trusted().read((link) => link.call('deployment/plan', wanted, signal)),
    'deployment/start': (wanted) => trusted().ask((link) => link.call('deployment/start', wanted)),
    'deployment/act': (wanted) => trusted().ask((link) => link.call('deployment/act', wanted)),
  };
}

/** Looking changes nothing: where there is no journal, none is made. */
async function hasUnfinished(root: string, signal: AbortSignal): Promise<boolean> {
  if (!existsSync(deploymentsPath(root))) return false;
  const journal = new LocalJournal({ root, owner: processOwner(), clock: systemClock, access: 'read' });
  try {
    for (const name of await journal.list(signal)) {
      const status = statusOf({ name }, await journal.read(name, signal));
      if (status && !isOver(status)) return true;
    }
    return false;
  } finally {
    journal.close();
  }
}
