import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { StoreError } from '../errors.ts';
import { replaceFile } from '../files/replaceFile.ts';
import type { Random } from '../ports.ts';
import { guard } from '../store/file/storeErrors.ts';
import { entryOf } from '../store/storeFile.ts';

/** What a services process says of itself, for those who attach. It is removed at its end, and left behind by one that was killed. */
const servicesLease = z.object({
  pid: z.int().positive(),
  /** Tells the process from a later one of the same number; null where the system does not say. */
  started: z.string().nullable(),
  /** Milliseconds since the epoch. */
  startedAt: z.number(),
  /** Path of a Unix socket, or name of a pipe. */
  socket: z.string().min(1),
  version: z.string(),
  /** Which those who attach must show. */
  token: z.string().min(1),
  /** What it receives, so that the next one goes on after a crash; null for nothing. */
  receives: z
    .object({ port: z.int().min(1).max(65_535), keep: z.boolean(), token: z.string().nullable() })
    .nullable(),
  /** Where it takes requests for models and agents, likewise; earlier versions have none. */
  gateway: z
    .object({ port: z.int().min(1).max(65_535), keep: z.boolean(), token: z.string().min(1) })
    .nullable()
    .default(null),
});

export type ServicesLease = z.output<typeof servicesLease>;

/** Longer than any lease; a file of a workspace may be anything. */
const MAX_BYTES = 64 * 1024;

/** Undefined where there is none, or what is there is not a lease. Throws StoreError for a link, or the file of somebody else. */
export function readLease(file: string): ServicesLease | undefined {
  const entry = entryOf(file);
  if (!entry) return undefined;

  if (entry.isSymbolicLink() || !entry.isFile() || entry.nlink > 1) throw notAFile(file);
  if (process.getuid !== undefined && entry.uid !== process.getuid()) throw somebodyElse(file);
  if (entry.size > MAX_BYTES) return undefined;

  try {
    return servicesLease.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    // Removed meanwhile, or not JSON.
    return undefined;
  }
}

/** In one step, readable by this person alone. Throws StoreError. */
export function writeLease(file: string, lease: ServicesLease, random: Random): void {
  guard(file, () => {
    const entry = entryOf(file);
    if (entry && !entry.isFile()) throw notAFile(file);

    replaceFile(file, `${JSON.stringify(lease, null, 2)}\n`, 0o600, random);
  });
}

function notAFile(file: string): StoreError {
  return new StoreError('the lease of the services process is a link, so it is not used', {
    where: { path: file },
    remedy: 'Check where it leads, and remove it.',
  });
}

function somebodyElse(file: string): StoreError {
  return new StoreError('the services process of this workspace belongs to another user', {
    where: { path: file },
    remedy: 'Use a copy of the workspace of your own.',
  });
}
