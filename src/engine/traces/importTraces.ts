import type { Readable } from 'node:stream';
import type { LogRecord, SpanRecord } from '../model/span.ts';
import { isHalf } from '../telemetry/logLines/logIds.ts';
import { traceFileParts } from './traceFileParts.ts';
import type { TraceStore } from './traceStore.ts';

export interface ImportedFile {
  spans: number;
  logs: number;
  /** Were stored before. */
  duplicates: number;
  rejected: number;
  /** Lines of a log that name no trace, and stay where they are. */
  unplaced: number;
  /** The first few of what could not be read; `line` is null where the file has no lines. */
  problems: { line: number | null; message: string }[];
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
  { from, shownAs, signal }: { from: string | Readable; shownAs: string; signal: AbortSignal },
): Promise<ImportedFile> {
  const imported: ImportedFile = {
    spans: 0,
    logs: 0,
    duplicates: 0,
    rejected: 0,
    unplaced: 0,
    problems: [],
  };
  let spans: SpanRecord[] = [];
  let logs: LogRecord[] = [];
  const whole = wholeIds(store);
  const flush = (): void => {
    // Spans first: lines may name their trace by a part of its id.
    const stored = store.append(spans, []);
    const lines = store.append([], logs.map(whole));
    imported.spans += stored.spans;
    imported.logs += lines.logs;
    imported.duplicates += stored.duplicates + lines.duplicates;
    spans = [];
    logs = [];
  };

  for await (const part of traceFileParts(from, shownAs)) {
    signal.throwIfAborted();
    for (const span of part.spans) spans.push(span);
    for (const line of part.logs) logs.push(line);
    imported.rejected += part.rejected;
    imported.unplaced += part.unplaced;
    for (const message of part.reasons)
      if (imported.problems.length < MOST_PROBLEMS) imported.problems.push({ line: part.line, message });
    if (spans.length + logs.length >= STORED_AT_ONCE) flush();
  }

  flush();
  while (store.sumUp().length > 0) signal.throwIfAborted();
  return imported;
}

/** Some loggers write the last 64 bits of the id of a trace: those of the one that is stored with them are completed. */
function wholeIds(store: TraceStore): (line: LogRecord) => LogRecord {
  const known = new Map<string, string>();
  return (line) => {
    const { traceId } = line;
    if (!isHalf(traceId)) return line;
    const [id = traceId, ...others] = known.has(traceId)
      ? [known.get(traceId)]
      : store.idsEnding(traceId.slice(16), 2);
    const found = others.length === 0 ? id : traceId;
    known.set(traceId, found);
    return { ...line, traceId: found };
  };
}
