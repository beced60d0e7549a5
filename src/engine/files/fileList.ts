import { hash } from 'node:crypto';
import {
  type Dirent,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';

/** One file at the time of listing. */
interface ListedFile {
  /** Of its content; where that is too long to be read, its stamp. */
  digest: string;
  /** Size, times of its content and of its entry in milliseconds, and number: different after every change. */
  stamp: string;
}

/** Every file of a folder that a program may read, at one moment. */
export interface FileList {
  /** SHA-256 over paths and contents; touching a file does not change it. */
  fingerprint: string;
  /** Milliseconds since the epoch. */
  listedAt: number;
  /** How many files were read for it; the others are known from an earlier list. */
  read: number;
  /** By path from the folder, with `/`, in the order of the paths. */
  files: ReadonlyMap<string, ListedFile>;
}

interface ListOptions {
  /** Milliseconds since the epoch. */
  now: number;
  /** An earlier list: files with the same stamp are not read again. */
  known?: FileList | undefined;
  /** Absolute paths that are left out: what this program itself is about to write. */
  except?: readonly string[];
  signal: AbortSignal;
}

const MAX_FILES = 200_000;
/** Longer ones are known by their stamp, in bytes. */
const MAX_BYTES = 4 * 1024 * 1024;
/** A file that was changed so shortly before it was listed may change again within the same tick, in milliseconds. */
const TICK_MS = 2_000;
/** Folders by other programs, for themselves; and ours. */
const SKIPPED_FOLDERS = new Set([
  '.git',
  '.hg',
  '.svn',
  '.touchstone',
  '__pycache__',
  '.pytest_cache',
  '.mypy_cache',
  '.ruff_cache',
  '.idea',
]);
/** Written while a program runs, and read by nobody. */
const SKIPPED_FILES = /(?:\.pyc|\.sw[op]|~|^\.DS_Store|^Thumbs\.db)$/;
const LOG = /\.log(?:\.\d+)?$/;
/** Installers write down what they installed. */
const INSTALLED = ['.package-lock.json', '.modules.yaml', '.yarn-state.yml'] as const;
/** Yields to the event loop after this many files. */
const TURN = 2_000;

/** Lists the files of a folder; null if there are more than can be watched. */
export async function listFiles(root: string, options: ListOptions): Promise<FileList | null> {
  const except = new Set(options.except);
  const files = new Map<string, ListedFile>();
  const visited = new Set<string>();
  const folders = [root];
  let read = 0;

  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const real = realOf(folder);
    // A symbolic link may point to a folder already visited, or form a cycle.
    if (real === undefined || visited.has(real)) continue;
    visited.add(real);

    for (const entry of entriesOf(folder)) {
      const file = path.join(folder, entry.name);
      if (except.has(file)) continue;

      const name = path.relative(root, file).replaceAll(path.sep, '/');
      const known = options.known?.files.get(name);
      const found = look(file, entry, known, options.known?.listedAt ?? 0);

      if (found === 'folder') {
        folders.push(file);
        // What is below it may be listed under another name already.
        if (entry.isSymbolicLink()) files.set(name, { digest: `link ${linkOf(file)}`, stamp: '' });
      } else if (found !== undefined) {
        files.set(name, found);
        if (found.digest !== known?.digest || found.stamp !== known.stamp) read += 1;
      }

      if (files.size > MAX_FILES) return null;
      if (files.size % TURN === 0) {
        await new Promise((resolve) => setImmediate(resolve));
        options.signal.throwIfAborted();
      }
    }
  }

  return toList([...files], options.now, read);
}

/** Paths of changed, added and removed files. */
export function changedPaths(before: FileList, after: FileList): string[] {
  if (before.fingerprint === after.fingerprint) return [];
  const changed = [...after.files].flatMap(([name, { digest }]) =>
    before.files.get(name)?.digest === digest ? [] : [name],
  );
  const gone = [...before.files.keys()].filter((name) => !after.files.has(name));
  return [...changed, ...gone].sort();
}

/** Written by a program while it runs; yet a program may also be given one to read. */
export function isLog(name: string): boolean {
  return LOG.test(name);
}

/** When a file's entry was last changed by anybody, in milliseconds since the epoch; its times cannot be set back. */
export function changedAt({ stamp }: ListedFile): number {
  return Number(stamp.split(' ')[2]);
}

/** Compressed. */
export function packFileList({ listedAt, files }: FileList): Uint8Array {
  const rows = [...files].map(([name, { digest, stamp }]) => [name, digest, stamp]);
  return deflateSync(JSON.stringify({ listedAt, rows }), { level: 1 });
}

/** Undefined for what `packFileList` did not make. */
export function unpackFileList(packed: Uint8Array): FileList | undefined {
  try {
    const { listedAt, rows } = JSON.parse(inflateSync(packed).toString('utf8')) as {
      listedAt: number;
      rows: [string, string, string][];
    };
    return toList(
      rows.map(([name, digest, stamp]) => [name, { digest, stamp }]),
      listedAt,
      0,
    );
  } catch {
    return undefined;
  }
}

function toList(files: [string, ListedFile][], listedAt: number, read: number): FileList {
  files.sort(([a], [b]) => (a < b ? -1 : 1));
  const whole = files.map(([name, { digest }]) => `${name}\0${digest}\n`).join('');
  return { fingerprint: hash('sha256', whole, 'hex'), listedAt, read, files: new Map(files) };
}

function look(
  file: string,
  entry: Dirent,
  known: ListedFile | undefined,
  knownAt: number,
): ListedFile | 'folder' | undefined {
  if (entry.isDirectory()) return lookAtFolder(file, entry.name);
  if (SKIPPED_FILES.test(entry.name)) return undefined;
  const target = entry.isSymbolicLink() ? linkOf(file) : '';
  const stats = target === '' ? statOf(file, lstatSync) : statOf(file, statSync);
  if (target !== '' && stats?.isDirectory()) return 'folder';
  // Pipes and sockets are skipped; a broken link is identified by its target.
  if (!stats?.isFile()) return target === '' ? undefined : { digest: `link ${target}`, stamp: '' };
  const stamp = stampOf(stats);
  const isCertain = Math.max(stats.mtimeMs, stats.ctimeMs) < knownAt - TICK_MS;
  const digest = known?.stamp === stamp && isCertain ? known.digest : digestOf(file, stats, stamp);
  return { digest, stamp };
}

function lookAtFolder(folder: string, name: string): ListedFile | 'folder' | undefined {
  if (SKIPPED_FOLDERS.has(name)) return undefined;
  if (name === 'node_modules') return installed(folder);
  return statOf(path.join(folder, 'pyvenv.cfg'), statSync) ? pythonEnvironment(folder) : 'folder';
}

/** Packages are known by what their installer wrote down, else by their folders. */
function installed(folder: string): ListedFile {
  const state = INSTALLED.map((name) => path.join(folder, name)).find((file) => statOf(file, statSync));
  const stats = state === undefined ? undefined : statOf(state, statSync);
  if (state !== undefined && stats)
    return { digest: digestOf(state, stats, stampOf(stats)), stamp: stampOf(stats) };
  const names = entriesOf(folder).map(
    ({ name }) => `${name} ${statOf(path.join(folder, name), lstatSync)?.mtimeMs}`,
  );
  return { digest: hash('sha256', names.sort().join('\n'), 'hex'), stamp: '' };
}

/** Packages of Python carry their version in the name of a folder. */
function pythonEnvironment(folder: string): ListedFile {
  const sites = [path.join(folder, 'Lib', 'site-packages')];
  for (const { name } of entriesOf(path.join(folder, 'lib')))
    sites.push(path.join(folder, 'lib', name, 'site-packages'));
  const names = sites
    .flatMap((site) => entriesOf(site).map(({ name }) => name))
    .filter((name) => name !== '__pycache__');
  return { digest: hash('sha256', names.sort().join('\n'), 'hex'), stamp: '' };
}

function digestOf(file: string, stats: Stats, stamp: string): string {
  if (stats.size > MAX_BYTES) return stamp;
  try {
    return hash('sha256', readFileSync(file), 'hex').slice(0, 32);
  } catch {
    return `unreadable ${stamp}`;
  }
}

function stampOf({ size, mtimeMs, ctimeMs, ino }: Stats): string {
  return `${size} ${mtimeMs} ${ctimeMs} ${ino}`;
}

function statOf(file: string, stat: typeof statSync): Stats | undefined {
  try {
    return stat(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return 'unreadable';
  }
}

function realOf(folder: string): string | undefined {
  try {
    return realpathSync(folder);
  } catch {
    return undefined;
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
