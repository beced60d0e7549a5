import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

// An import would load more than is needed, see httpConnection.ts.
const net = process.getBuiltinModule('node:net');

/** A program that listens on a port of this machine; null where it may not be known. */
export interface PortHolder {
  pid: number;
  /** The command line, in parts. */
  command: string[];
}

/** How long a program that listens takes to let somebody in, in milliseconds. */
const CONNECT_MS = 500;

/** LISTEN in /proc/net/tcp. */
const LISTENING = '0A';

/**
 * Whether somebody listens on a port by which this machine's own programs are reached. Asked before it is listened on: a system
 * may allow two programs to listen on one port at addresses of different width, and then it is chance who is reached.
 */
export async function isPortTaken(port: number): Promise<boolean> {
  const answers = await Promise.all(['127.0.0.1', '::1'].map((host) => connects(host, port)));
  return answers.includes(true);
}

/** Who listens on a port of this machine, where the system says so: on Linux, for programs of the same person. */
export function portHolder(port: number): PortHolder | null {
  if (process.platform !== 'linux') return null;
  const sockets = listeningSockets(port);
  if (sockets.size === 0) return null;

  for (const entry of folder('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    if (folder(`/proc/${entry}/fd`).some((fd) => sockets.has(link(`/proc/${entry}/fd/${fd}`))))
      return { pid: Number(entry), command: commandOf(entry) };
  }
  return null;
}

function connects(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(CONNECT_MS, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}

/** As the links of file descriptors name them. */
function listeningSockets(port: number): Set<string> {
  const found = new Set<string>();
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of text(table).split('\n')) {
      // sl, local address, remote address, state, …; the tenth field is the inode.
      const fields = line.trim().split(/\s+/);
      const isWanted = fields[1]?.split(':')[1] === wanted && fields[3] === LISTENING;
      if (isWanted && fields[9] !== undefined) found.add(`socket:[${fields[9]}]`);
    }
  }
  return found;
}

function commandOf(pid: string): string[] {
  const parts = text(`/proc/${pid}/cmdline`)
    .split('\0')
    .filter((part) => part !== '');
  return parts.length > 0 ? parts : [text(`/proc/${pid}/comm`).trim()];
}

function folder(path: string): string[] {
  return attempt(() => readdirSync(path)) ?? [];
}

function text(path: string): string {
  return attempt(() => readFileSync(path, 'utf8')) ?? '';
}

function link(path: string): string {
  return attempt(() => readlinkSync(path)) ?? '';
}

/** Processes end while they are looked at, and those of others are closed. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
