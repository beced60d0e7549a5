import { realpathSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { contentHash } from '../model/hash.ts';

/** Longest path of a Unix socket in bytes: 108 with its closing NUL on Linux, 104 on macOS. */
const LONGEST_SOCKET = 103;

/** What the services process of a workspace is found by. It stands in `.touchstone`, save for a socket whose path would be too long. */
export interface ServicesFiles {
  /** Where the process says how it is reached. */
  lease: string;
  /** Locked while it runs. */
  lock: string;
  /** Where a process may listen, the best place first. */
  sockets(id: string): string[];
  /** A workspace may come from anywhere: whether its lease names a socket that such a process makes. */
  isSocket(socket: string): boolean;
}

export function servicesFiles(root: string): ServicesFiles {
  const folder = path.join(realpathSync(root), '.touchstone');
  const name = `touchstone-${contentHash(folder).slice(0, 16)}`;
  const inFolder = (id: string): string => path.join(folder, `services-${id}.sock`);
  const inTemporary = (id: string): string => path.join(ownTemporaryFolder(), `${name}-${id}.sock`);
  const pipe = (id: string): string => `\\\\.\\pipe\\${name}-${id}`;

  const isPipe = process.platform === 'win32';
  const sockets = (id: string): string[] =>
    isPipe ? [pipe(id)] : [inFolder(id), inTemporary(id)].filter(isShortEnough);
  return {
    lease: path.join(folder, 'services.json'),
    lock: path.join(folder, 'services.lock'),
    sockets,
    isSocket: (socket) => {
      const id = /-([0-9a-f]+)(?:\.sock)?$/.exec(socket)?.[1] ?? '';
      if (isPipe || socket === inFolder(id)) return socket === (isPipe ? pipe(id) : inFolder(id));
      // Another program may have another temporary folder.
      return path.basename(socket) === path.basename(inTemporary(id));
    },
  };
}

/** Of this person alone, see `makePrivateFolder`. */
export function ownTemporaryFolder(): string {
  return path.join(os.tmpdir(), `touchstone-${process.getuid?.() ?? 'user'}`);
}

function isShortEnough(file: string): boolean {
  return Buffer.byteLength(file) <= LONGEST_SOCKET;
}
