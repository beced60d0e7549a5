import { isPortTaken } from '../engine/attach/portHolder.ts';
import { ServerError } from '../engine/http/server/listen.ts';
import { holderText } from './holderText.ts';

/** Where something that listens is to stand; a port of null is the usual one, else any that is free. */
export interface PortWish {
  port: number | null;
  usualPort: number;
  /** What is not done where the port is taken, e.g. `traces cannot be received there`. */
  otherwise: string;
}

/** The usual port, and who has it, where another one had to be taken. */
export type InsteadOf = { port: number; holder: string } | null;

/** Rejects with ServerError where the port is taken, or whatever `start` rejects with. */
export async function startAt<T>(
  { port, usualPort, otherwise }: PortWish,
  start: (port: number) => Promise<T>,
): Promise<{ server: T; insteadOf: InsteadOf }> {
  try {
    return { server: await startFree(port ?? usualPort, otherwise, start), insteadOf: null };
  } catch (error) {
    if (port !== null || !(error instanceof PortTaken)) throw error;
    const insteadOf = { port: usualPort, holder: error.holder };
    return { server: await startFree(0, otherwise, start), insteadOf };
  }
}

async function startFree<T>(
  port: number,
  otherwise: string,
  start: (port: number) => Promise<T>,
): Promise<T> {
  if (port !== 0 && (await isPortTaken(port))) throw new PortTaken(port, otherwise);
  try {
    return await start(port);
  } catch (error) {
    if (error instanceof ServerError && codeOf(error.cause) === 'EADDRINUSE')
      throw new PortTaken(port, otherwise);
    throw error;
  }
}

/** Another program has the port. */
class PortTaken extends ServerError {
  readonly holder: string;

  constructor(port: number, otherwise: string) {
    const holder = holderText(port);
    super(`port ${port} is in use by ${holder}, so ${otherwise}`, {
      remedy: 'Stop that program, or choose another port (0 for any that is free).',
    });
    this.holder = holder;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
