import { runTraceId } from '../../telemetry/traceIds.ts';
import type { PreparedRun } from '../preparation/preparedRun.ts';
import { newRunId } from '../runId.ts';
import { keepFiles } from '../workspaceFiles.ts';
import type { BegunRun } from './begunRun.ts';
import type { LifecyclePorts } from './lifecyclePorts.ts';

/** Stores a new run. Throws StoreError; ResumeError when it is a part of a run that was deleted meanwhile. */
export function beginRun({ store, clock, random }: LifecyclePorts, prepared: PreparedRun): BegunRun {
  const { plan } = prepared.inputs;
  if (plan.partOf !== undefined) store.getRun(plan.partOf);
  if (prepared.files) keepFiles(store, prepared.files);

  const createdAt = clock.now();
  const runId = newRunId(createdAt, random);
  store.createRun({ id: runId, plan, createdAt, traceId: runTraceId(runId) });
  return { ...prepared, runId };
}
