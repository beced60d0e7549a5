import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { SpanRecord } from '../../../../src/engine/model/span.ts';
import { readOpenAiAgentsSpans } from '../../../../src/engine/telemetry/dialects/openAiAgentsSpans.ts';
import { readOtlpSpans } from '../../../../src/engine/telemetry/otlp/otlpSpans.ts';

const folder = path.join(import.meta.dirname, '..', '..', '..', 'fixtures', 'otlp');

/** The spans of a trace as a framework really sent it. Long values were cut when it was captured. */
export function capturedSpans(name: string): SpanRecord[] {
  const document = JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8'));
  const read = Array.isArray(document) ? readOpenAiAgentsSpans(document) : readOtlpSpans(document);
  if (!read || read.rejected > 0) throw new Error(`${name} is not read`);
  return read.spans;
}
