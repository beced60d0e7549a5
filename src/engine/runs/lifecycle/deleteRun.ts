import type { LifecyclePorts } from './lifecyclePorts.ts';
import { unsettleWhole } from './settleRun.ts';

/**
 * Deletes a run with its parts, or a part alone, whose run is then judged without it. Throws ResumeError when a living
 * process works on any of them, or there is none.
 */
export function deleteRun(
  { store, owner, clock }: Pick<LifecyclePorts, 'store' | 'owner' | 'clock'>,
  runId: string,
): void {
  const run = store.getRun(runId);
  store.deleteRun(runId, owner, clock.now());
  unsettleWhole({ store }, run);
}
