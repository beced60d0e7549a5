import type { StoreFormat } from './file/storeFormat.ts';
import { MIGRATIONS } from './migrations/migrations.ts';

/** Runs and their results: `touchstone.db`. "Toch" in ASCII. */
export const RUN_STORE: StoreFormat = {
  name: 'store',
  applicationId: 0x546f6368,
  migrations: MIGRATIONS,
  unmarked: {
    version: 1,
    tables: ['cases', 'held_outputs', 'logs', 'results', 'runs', 'spans', 'token_budgets'],
  },
};
