import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { LogRecord, SpanRecord } from '../../src/engine/model/span.ts';
import { decodeLogs, decodeTraces } from '../../src/engine/telemetry/receiver/decodeExport.ts';

const folder = path.join(import.meta.dirname, '..', 'fixtures', 'otlp');

export interface Capture {
  name: string;
  spans: SpanRecord[];
  logs: LogRecord[];
}

/** What agents of real frameworks sent: each capture with its log records. Those that are no OTLP are left out. */
export function otlpCaptures(): Capture[] {
  const files = readdirSync(folder);
  return files
    .filter((file) => file.endsWith('.json') && !file.includes('native-spans'))
    .map((file) => {
      const name = file.slice(0, -'.json'.length);
      const lines = files.includes(`${name}.logs.jsonl`) ? `${name}.logs.jsonl` : undefined;
      const spans = decodeTraces(readFileSync(path.join(folder, file)), 'json').records;
      return {
        name,
        spans: apart(name, spans),
        logs: lines === undefined ? [] : apart(name, linesOf(lines)),
      };
    });
}

/** All agents were given the same trace: here each has its own. */
function apart<T extends { traceId: string }>(name: string, records: readonly T[]): T[] {
  const idOf = (traceId: string) => createHash('sha256').update(`${name} ${traceId}`).digest('hex');
  return records.map((record) => ({ ...record, traceId: idOf(record.traceId).slice(0, 32) }));
}

function linesOf(file: string): LogRecord[] {
  const lines = readFileSync(path.join(folder, file), 'utf8').split('\n').filter(Boolean);
  return lines.flatMap((line) => decodeLogs(Buffer.from(line), 'json').records);
}
