import type { LogRecord, SpanRecord } from '../model/span.ts';
import { traceFileParts } from './traceFileParts.ts';
import type { TraceStore } from './traceStore.ts';

export interface ImportedFile {
  spans: number;
  logs: number;
  /** Were stored before. */
  duplicates: number;
  rejected: number;
  /** The first few of what could not be read; `line` is null where the file has no lines. */
  problems: { line: number | null; message: string }[];
  /** Start of the oldest span, in milliseconds since the epoch; null where there is none. */
  oldestMs: number | null;
}

/** Problems beyond this say nothing new. */
const MOST_PROBLEMS = 20;
/** Records that are stored in one transaction. */
const STORED_AT_ONCE = 5_000;

/**
 * Stores the spans and log records of a file; what is there already stays as it is, so a file may be imported again. A bounded part
 * of the file is in memory at a time. Rejects with FileError where the file holds no traces, with StoreError, and with the signal's
 * reason.
 */
export async function importTraces(
  store: TraceStore,
  { file, shownAs, signal }: { file: string; shownAs: string; signal: AbortSignal },
): Promise<ImportedFile> {
  const imported: ImportedFile = {
    spans: 0,
    logs: 0,
    duplicates: 0,
    rejected: 0,
    problems: [],
    oldestMs: null,
  };
  let spans: SpanRecord[] = [];
  let logs: LogRecord[] = [];
  const flush = (): void => {
    const stored = store.append(spans, logs);
    imported.spans += stored.spans;
    imported.logs += stored.logs;
    imported.duplicates += stored.duplicates;
    spans = [];
    logs = [];
  };

  for await (const part of traceFileParts(file, shownAs)) {
    signal.throwIfAborted();
    for (const span of part.spans) {
      spans.push(span);
      imported.oldestMs = Math.min(imported.oldestMs ?? span.startMs, span.startMs);
    }
    for (const line of part.logs) logs.push(line);
    imported.rejected += part.rejected;
    for (const message of part.reasons)
      if (imported.problems.length < MOST_PROBLEMS) imported.problems.push({ line: part.line, message });
    if (spans.length + logs.length >= STORED_AT_ONCE) flush();
  }

  flush();
  while (store.sumUp().length > 0) signal.throwIfAborted();
  return imported;
}
