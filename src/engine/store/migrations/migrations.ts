import { RUNS } from './0001Runs.ts';
import { OWNERS_AND_FILES } from './0002OwnersAndFiles.ts';
import { SPENDING } from './0003Spending.ts';
import { VERDICTS } from './0004Verdicts.ts';
import { REPLIES } from './0005Replies.ts';
import { POOL_BUDGETS } from './0006PoolBudgets.ts';
import { PROVIDER_HEALTH } from './0007ProviderHealth.ts';

/**
 * The steps from an empty file to the store of this version, each in a file of its own. A new table is one more file
 * at the end. What is published stays as it is: stores that have it would never see a change.
 */
export const MIGRATIONS: readonly string[] = [
  RUNS,
  OWNERS_AND_FILES,
  SPENDING,
  VERDICTS,
  REPLIES,
  POOL_BUDGETS,
  PROVIDER_HEALTH,
];
