import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { SpanRecord } from '../../../../src/engine/model/span.ts';
import { readOpenAiAgentsSpans } from '../../../../src/engine/telemetry/dialects/openAiAgentsSpans.ts';
import { readSpans } from '../../../../src/engine/telemetry/receiver/readSpans.ts';

const folder = path.join(import.meta.dirname, '..', '..', '..', 'fixtures', 'otlp');

/** Of all of them, for `capturedSpans`. */
export const captureNames: readonly string[] = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replace(/\.json$/, ''));

/** The spans of a trace as a framework really sent it. Long values were cut when it was captured. */
export function capturedSpans(name: string): SpanRecord[] {
  const document = JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8'));
  if (Array.isArray(document)) return whole(name, readOpenAiAgentsSpans(document));
  const read = readSpans(document);
  return whole(name, read && { spans: read.records, rejected: read.rejected });
}

function whole(name: string, read: { spans: SpanRecord[]; rejected: number } | null): SpanRecord[] {
  if (!read || read.rejected > 0) throw new Error(`${name} is not read`);
  return read.spans;
}
