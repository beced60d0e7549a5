import type { Owner } from '../../store/lease.ts';
import { type SettlePorts, settleWhole, unsettleWhole } from './settleRun.ts';

/**
 * Deletes a run with its parts, or a part alone, whose run is then judged without it. Throws ResumeError if a living
 * process works on any of them, or there is no such run.
 */
export async function deleteRun(ports: SettlePorts & { owner: Owner }, runId: string): Promise<void> {
  const { store, owner, clock } = ports;
  const run = store.getRun(runId);
  store.deleteRun(runId, owner, clock.now());

  unsettleWhole(ports, run);
  await settleWhole(ports, run);
}
