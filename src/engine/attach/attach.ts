import type { Socket } from 'node:net';
import { UserError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import { isRunning } from '../processes/processIdentity.ts';
import { servicesFiles } from './servicesFiles.ts';
import { readLease, type ServicesLease } from './servicesLease.ts';
import { connectTo } from './servicesSocket.ts';

/** The services process of a workspace cannot be reached. */
export class AttachError extends UserError {}

/** A way to the services process; nothing has been said yet. */
export interface Attachment {
  socket: Socket;
  lease: ServicesLease;
}

/** `taken`: another process serves this workspace already. */
export type StartOutcome =
  | { kind: 'ready' }
  | { kind: 'taken' }
  | { kind: 'failed'; message: string; remedy: string | undefined };

export interface AttachPorts {
  clock: Clock;
  /** Starts the process; resolves once it serves, or has ended. */
  start(root: string): Promise<StartOutcome>;
}

/** How often it is tried; each takes as long as a process needs to end or to begin. */
const ATTEMPTS = 40;
const WAIT_MS = 100;

/** The process that serves this workspace; undefined where there is none. Throws AttachError, or StoreError for a lease that is a link. */
export async function findServices(root: string): Promise<Attachment | undefined> {
  const files = servicesFiles(root);
  const lease = readLease(files.lease);
  if (!lease || !files.isSocket(lease.socket)) return undefined;
  if (isRunning(lease.pid, lease.started) === false) return undefined;

  const socket = await connectTo(lease.socket);
  return socket && { socket, lease };
}

/** As `findServices`; where there is no process, it is started. Any number may try at once: one process comes of it. */
export async function attachServices(
  root: string,
  { clock, start }: AttachPorts,
  signal: AbortSignal,
): Promise<Attachment> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const found = await findServices(root);
    if (found) return found;

    signal.throwIfAborted();
    const outcome = await start(root);
    if (outcome.kind === 'failed') throw new AttachError(outcome.message, { remedy: outcome.remedy });
    // Another one was started at the same time, or is about to end.
    if (outcome.kind === 'taken') await clock.sleep(WAIT_MS, signal);
  }
  throw unreachable(root);
}

/** It runs, and nobody listens there. */
export function unreachable(root: string): AttachError {
  const pid = readLease(servicesFiles(root).lease)?.pid;
  const which = pid === undefined ? 'the services process' : `the services process (process ${pid})`;
  return new AttachError(`${which} of this workspace runs and cannot be reached`, {
    remedy: 'Stop it with: touchstone serve --stop',
  });
}
