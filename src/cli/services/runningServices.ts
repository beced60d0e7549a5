import { AttachError } from '../../engine/attach/attach.ts';
import { UserError } from '../../engine/errors.ts';
import { systemClock } from '../../engine/ports.ts';
import { CallFailure } from '../../protocol/callFailure.ts';
import { ConnectionLostError } from '../../protocol/connectionLostError.ts';
import { ServicesLink } from '../../services/servicesLink.ts';

/** Asks the services process of a workspace; undefined where none runs. Rejects with UserErrors. */
export async function askServices<T>(
  root: string,
  ask: (link: ServicesLink) => Promise<T>,
): Promise<T | undefined> {
  const link = await ServicesLink.find(root, { client: 'terminal', clock: systemClock });
  return link && askOver(link, ask);
}

/** The same over a connection, which is closed. */
export async function askOver<T>(link: ServicesLink, ask: (link: ServicesLink) => Promise<T>): Promise<T> {
  try {
    return await ask(link);
  } catch (error) {
    if (error instanceof CallFailure && error.failure.kind === 'user')
      throw new UserError(error.message, { remedy: error.failure.remedy });
    if (error instanceof ConnectionLostError)
      throw new AttachError(`the services process (process ${link.lease.pid}) has ended meanwhile`, {
        remedy: 'Try again.',
      });
    throw error;
  } finally {
    link.close();
  }
}
