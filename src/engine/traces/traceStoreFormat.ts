import path from 'node:path';
import type { StoreFormat } from '../store/file/storeFormat.ts';
import { TRACES } from './migrations/0001Traces.ts';
import { ARRIVALS } from './migrations/0002Arrivals.ts';
import { EVALUATIONS } from './migrations/0003Evaluations.ts';
import { TRACES_IN_ORDER } from './migrations/0004TracesInOrder.ts';

/** The file of received traces inside a workspace. */
export function traceStorePath(root: string): string {
  return path.join(root, '.touchstone', 'traces.db');
}

/** "Totr" in ASCII. What is published of the steps stays as it is: stores that have it would never see a change. */
export const TRACE_STORE: StoreFormat = {
  name: 'trace store',
  applicationId: 0x546f7472,
  migrations: [TRACES, ARRIVALS, EVALUATIONS, TRACES_IN_ORDER],
  shrinks: true,
  cacheKib: 16 * 1024,
};
