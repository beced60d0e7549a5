import type { TokenBudgets } from '../../cost/budgets/tokenBudgets.ts';
import type { FileList } from '../../files/fileList.ts';
import type { Problem } from '../../model/problem.ts';
import type { Recordings } from '../../models/recordings/recordings.ts';
import type { SuiteConfig } from '../../suites/config/suiteConfig.ts';
import type { RunInputs } from '../execution/runInputs.ts';

/** A run that is ready to begin. */
export interface PreparedRun {
  suite: SuiteConfig;
  inputs: RunInputs;
  /** Of its dataset, and of what it asks for in vain. */
  warnings: readonly Problem[];
  /** Where replies are kept or come from, with how many there were, and since when. */
  recordings?: Pick<Recordings, 'mode' | 'count' | 'replaced' | 'days'>;
  /** Programs that it starts may read any file of the workspace: those of its targets, or its evaluators. */
  readsFiles: boolean;
  /** The workspace's files as its plan has them. */
  files?: FileList;
  /** Its token budgets, where the suite asks for them; to be set before it begins. */
  budgets?: TokenBudgets;
  /** Fetches the keys of its models. Throws ConfigError when one is missing. */
  ready(signal: AbortSignal): Promise<void>;
  /** Ends what was started for it: agents, workers. Idempotent. */
  close(): Promise<void>;
}
