import type { RunRecord } from '../../model/run.ts';
import type { Owner } from '../../store/lease.ts';

/** A stored run as it is now: one whose process died is interrupted, whatever it says itself. */
export function presentRun(run: RunRecord, owner: Owner): RunRecord {
  if (run.status.state !== 'running') return run;
  const { pid, host, started } = run.status.owner;
  const isDead = host === owner.host && owner.alive(pid, started) === false;
  return isDead ? { ...run, status: { state: 'interrupted' } } : run;
}
