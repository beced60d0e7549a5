import { isReceiving } from '../attach/isReceiving.ts';
import type { LogRecord, SpanRecord } from '../model/span.ts';
import { TraceStore } from './traceStore.ts';
import { traceStorePath } from './traceStoreFormat.ts';

/** What the receiver of a workspace has stored, for runs that look for the spans of their agents. */
export function receivedTraces(root: string): {
  isOpen(): boolean;
  records(traceId: string): { spans: SpanRecord[]; logs: LogRecord[] };
} {
  const file = traceStorePath(root);

  return {
    isOpen: () => isReceiving(root) && opened((store) => !store.isEmpty),
    records: (traceId) => opened((store) => store.records(traceId)),
  };

  /** Opened anew each time, so that it sees what was written since: see storeReader.ts. */
  function opened<T>(read: (store: TraceStore) => T): T {
    const store = new TraceStore(file, { access: 'read' });
    try {
      return read(store);
    } finally {
      store.close();
    }
  }
}
