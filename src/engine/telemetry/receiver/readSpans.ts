import type { SpanRecord } from '../../model/span.ts';
import { type Checked, checkSpans } from './checkRecords.ts';
import { spansFromJson } from './fromJson.ts';

/** The spans of a request in OTLP/JSON that has been parsed. Null where it is none. */
export function readSpans(document: unknown): Checked<SpanRecord> | null {
  const items = spansFromJson(document);
  return items && checkSpans(items);
}
