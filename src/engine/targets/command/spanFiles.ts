import { constants } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import { parseUntrustedJson } from '../../files/formats/untrustedJson.ts';
import type { JsonValue } from '../../model/json.ts';
import { makeScratchFolder } from '../../processes/scratchFolder.ts';

/** More than an agent writes in one call by any sensible instrumentation. */
const MAX_BYTES = 8 * 1024 * 1024;

/** A link is not followed, and a pipe that nobody writes to is not waited for; Windows has neither flag. */
const NO_SURPRISE = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Files into which agents append the spans of one call, in the form of OpenTelemetry's file exporter: one
 * `ExportTraceServiceRequest` in JSON per line. They lie in a folder that only this user can read.
 */
export interface SpanFiles {
  /** A path that does not exist yet. */
  next(): Promise<string>;
  /** Reads and removes a file. Lines that are not JSON, and what exceeds 8 MiB, are counted as dropped. */
  take(file: string): Promise<{ requests: JsonValue[]; dropped: number }>;
  /** Removes what an agent put into the place of a file. */
  remove(file: string): Promise<void>;
  /** Removes everything; idempotent. */
  close(): Promise<void>;
}

/** The first bytes of a scratch file that an agent may have written; empty when there is none. Nothing is removed. */
export async function readScratch(file: string, maxBytes: number): Promise<Buffer> {
  await using handle = await open(file, constants.O_RDONLY | NO_SURPRISE).catch(() => null);
  const entry = await handle?.stat();
  if (!handle || !entry?.isFile() || entry.size === 0) return Buffer.alloc(0);
  const buffer = Buffer.alloc(Math.min(entry.size, maxBytes));
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
  return buffer.subarray(0, bytesRead);
}

export function createSpanFiles(parent: string): SpanFiles {
  let folder: string | undefined;
  let count = 0;
  return {
    async next() {
      folder ??= makeScratchFolder(parent, 'touchstone-spans');
      // Before the wait: calls that begin together must not be given the same file.
      count += 1;
      const name = `${count}.jsonl`;
      return path.join(folder, name);
    },

    async take(file) {
      // What cannot be opened costs the spans, never the run.
      const text = (await readScratch(file, MAX_BYTES)).toString('utf8');
      await rm(file, { force: true, recursive: true });
      return parseLines(text);
    },

    remove: (file) => rm(file, { force: true, recursive: true }),
    async close() {
      if (folder) await rm(folder, { recursive: true, force: true });
      folder = undefined;
    },
  };
}

function parseLines(text: string): { requests: JsonValue[]; dropped: number } {
  const requests: JsonValue[] = [];
  let dropped = 0;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    try {
      requests.push(parseUntrustedJson(line));
    } catch {
      dropped += 1;
    }
  }
  return { requests, dropped };
}
