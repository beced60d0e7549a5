import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import type { Server, Socket } from 'node:net';
import path from 'node:path';
import { StoreError } from '../errors.ts';

// An import would load more than is needed, see httpConnection.ts.
const net = process.getBuiltinModule('node:net');

/** How long it may take to be let in, in milliseconds. */
const CONNECT_MS = 2_000;

/** Listens at the first of these places that takes a socket, and returns it. Rejects with StoreError. */
export async function listenAt(server: Server, sockets: readonly string[]): Promise<string> {
  let last: unknown;
  for (const socket of sockets) {
    try {
      await listenPrivately(server, socket);
      return socket;
    } catch (error) {
      // Not every file system has sockets.
      last = error;
    }
  }

  throw new StoreError('the socket of the services process cannot be made', {
    where: { path: sockets.at(-1) ?? '' },
    remedy: 'Check the permissions of the .touchstone folder and of the temporary folder.',
    cause: last,
  });
}

/** Undefined where nobody listens. */
export function connectTo(socket: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const connection = net.connect(socket);
    const fail = (): void => {
      connection.destroy();
      resolve(undefined);
    };
    connection.setTimeout(CONNECT_MS, fail);
    connection.once('error', fail);
    connection.once('connect', () => {
      connection.setTimeout(0);
      connection.off('error', fail);
      resolve(connection);
    });
  });
}

/** A folder that nobody else can look into. Throws StoreError where something else is in its place. */
export function makePrivateFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }

  const entry = lstatSync(folder);
  const isOwn = entry.isDirectory() && (process.getuid === undefined || entry.uid === process.getuid());
  if (isOwn && (process.platform === 'win32' || (entry.mode & 0o077) === 0)) return;
  throw new StoreError('the folder is not private to you, so it is not used', {
    where: { path: folder },
    remedy: 'Check what it is, and remove it.',
  });
}

async function listenPrivately(server: Server, socket: string): Promise<void> {
  const isPipe = process.platform === 'win32';
  if (!isPipe) {
    const inFolder = path.basename(path.dirname(socket)) === '.touchstone';
    if (!inFolder) makePrivateFolder(path.dirname(socket));
  }

  // The socket is made within `listen`: nobody else gets in between it and a change of its mode.
  const mask = isPipe ? undefined : process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(socket, () => {
        server.off('error', reject);
        resolve();
      });
      if (mask !== undefined) process.umask(mask);
    });
  } finally {
    if (mask !== undefined) process.umask(mask);
  }
  if (!isPipe) chmodSync(socket, 0o600);
}
