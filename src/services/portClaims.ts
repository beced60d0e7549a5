import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { ownTemporaryFolder } from '../engine/attach/servicesFiles.ts';
import { makePrivateFolder } from '../engine/attach/servicesSocket.ts';
import { isRunning, processIdentity } from '../engine/processes/processIdentity.ts';

const claim = z.object({ pid: z.int().positive(), started: z.string().nullable(), root: z.string() });

type PortClaim = z.output<typeof claim>;

/** Notes for other workspaces of this person that a port is ours; only so that a message can say who has it. */
export function claimPort(port: number, root: string): void {
  const note: PortClaim = { pid: process.pid, started: processIdentity(process.pid), root };
  try {
    makePrivateFolder(ownTemporaryFolder());
    rmSync(noteOf(port), { force: true });
    writeFileSync(noteOf(port), JSON.stringify(note), { flag: 'wx', mode: 0o600 });
  } catch {
    // The message then says less.
  }
}

/** Which services process of this person has a port. */
export function claimant(port: number): PortClaim | undefined {
  const read = readNote(port);
  return read && isRunning(read.pid, read.started) === true ? read : undefined;
}

export function releasePort(port: number): void {
  if (readNote(port)?.pid !== process.pid) return;
  try {
    rmSync(noteOf(port), { force: true });
  } catch {
    // The next one replaces it.
  }
}

function readNote(port: number): PortClaim | undefined {
  try {
    return claim.safeParse(JSON.parse(readFileSync(noteOf(port), 'utf8'))).data;
  } catch {
    return undefined;
  }
}

function noteOf(port: number): string {
  return path.join(ownTemporaryFolder(), `port-${port}.json`);
}
