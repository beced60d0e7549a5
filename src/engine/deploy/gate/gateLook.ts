import type { GatePolicy } from '../../model/gatePolicy.ts';
import type { Clock } from '../../ports.ts';
import type { DeploymentConfig } from '../../suites/deploying/deploymentConfig.ts';
import type { EvidenceSource } from '../evidence/evidenceSource.ts';
import type { StepReport } from '../evidence/stepReport.ts';
import { judgeStep } from '../judge/judgeStep.ts';
import type { Pair } from '../routers/router.ts';
import type { Version } from '../sides.ts';

/** Which look another controller asks for. */
export interface AskedLook {
  /** As `service.version` of their spans, or arms of the route. */
  blue: string | null;
  green: string;
  /** Of the policy's steps; null where the controller does not tell, and so no weight is known. */
  step: number | null;
  /** The hold of the step is over. */
  isOver: boolean;
}

/** What the evidence of the last hold comes to, for a controller that is not ours. */
export async function lookFor(
  { blue, green, step, isOver }: AskedLook,
  given: { config: DeploymentConfig; gate: GatePolicy | undefined; evidence: EvidenceSource; clock: Clock },
  signal: AbortSignal,
): Promise<StepReport> {
  const { config, gate, evidence, clock } = given;
  const { steps } = config.policy;
  const index = Math.min(Math.max(0, step ?? 0), steps.length - 1);
  const holdMs = step === null ? Math.max(...steps.map((one) => one.holdMs)) : (steps[index]?.holdMs ?? 0);

  const nowMs = clock.now();
  const sinceMs = nowMs - holdMs;
  const pair: Pair = { blue: blue === null ? null : versionOf(blue), green: versionOf(green) };
  const found = await evidence.read(pair, { sinceMs, untilMs: nowMs }, signal);
  const watched = { index, sinceMs, untilMs: isOver ? nowMs : nowMs + 1, hasBlue: blue !== null };
  return judgeStep(config, gate, { ...watched, ignoresWeight: step === null }, found, nowMs);
}

function versionOf(name: string): Version {
  return { name, target: { kind: 'image', image: name, environment: {} }, digest: name };
}
