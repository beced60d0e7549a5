import { Connection } from '../store/file/connection.ts';
import { TRACE_STORE, traceStorePath } from '../traces/traceStoreFormat.ts';
import { type MonitorFigures, monitorFigures } from './monitorFigures.ts';

/** How the monitors of a workspace have done, also while nothing runs; only reads. Throws StoreError. */
export function readFigures(root: string): MonitorFigures[] {
  const connection = new Connection(traceStorePath(root), TRACE_STORE, 'read');
  try {
    return monitorFigures(connection);
  } finally {
    connection.close();
  }
}
