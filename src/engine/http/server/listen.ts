import type { Server } from 'node:http';
import { UserError } from '../../errors.ts';

/** A server cannot listen where it was told to. */
export class ServerError extends UserError {}

/** Resolves once the server listens. Rejects with ServerError. */
export function listen(
  server: Server,
  { name, port, host }: { name: string; port: number; host: string },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error & { code?: string }) => reject(explained(error, { name, port, host }));
    server.once('error', fail);
    server.listen({ port, host, exclusive: true }, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

function explained(
  error: Error & { code?: string },
  { name, port, host }: { name: string; port: number; host: string },
): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new ServerError(
        `${name} cannot use port ${port} of ${host}: another program is listening there`,
        {
          remedy: 'Stop that program, or choose another port.',
          cause: error,
        },
      );
    case 'EACCES':
      return new ServerError(`${name} is not allowed to use port ${port} of ${host}`, {
        remedy: 'Choose a port above 1023.',
        cause: error,
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new ServerError(`${name} cannot listen on ${host}: it is not an address of this machine`, {
        remedy: 'Choose one of its addresses, such as 127.0.0.1.',
        cause: error,
      });
    default:
      return error;
  }
}
