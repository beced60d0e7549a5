import type { EvaluationVerdict } from '../../model/runVerdict.ts';
import type { Log } from '../../ports.ts';
import type { Owner } from '../../store/lease.ts';
import type { Workspace } from '../../suites/loadWorkspace.ts';
import type { SinkTelemetry } from '../../telemetry/telemetry.ts';
import type { PreparePorts } from '../preparation/runScope.ts';

/** What the life of a run needs: the workspace that it is of, and everything that is handed in from outside. */
export interface LifecyclePorts extends PreparePorts {
  workspace: Workspace;
  /** This process, as it claims runs. */
  owner: Owner;
  log: Log;
  telemetry: SinkTelemetry;
  /** What came of a complete evaluation, from its stored results. */
  judge(runId: string): EvaluationVerdict | Promise<EvaluationVerdict>;
}
