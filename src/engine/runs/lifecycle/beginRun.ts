import type { RunPlan } from '../../model/run.ts';
import type { Clock, Random } from '../../ports.ts';
import type { RunStore } from '../../store/runStore.ts';
import { runTraceId } from '../../telemetry/traceIds.ts';
import type { PreparedRun } from '../preparation/preparedRun.ts';
import { newRunId } from '../runId.ts';
import { keepFiles } from '../workspaceFiles.ts';
import type { BegunRun } from './begunRun.ts';

interface BeginPorts {
  store: RunStore;
  clock: Clock;
  random: Random;
}

/** With 65,536 ids a second, nobody needs as many. */
const MOST_DRAWS = 100;

/** Stores a new run. Throws StoreError; ResumeError when it is a part of a run that was deleted meanwhile. */
export function beginRun(ports: BeginPorts, prepared: PreparedRun): BegunRun {
  const { store } = ports;
  const { plan } = prepared.inputs;
  if (plan.partOf !== undefined) store.getRun(plan.partOf);
  if (prepared.files) keepFiles(store, prepared.files);

  return { ...prepared, runId: createRun(plan, ports) };
}

/** Another run of the same second may have drawn the same id, in this process or another one: a new one is drawn. */
function createRun(plan: RunPlan, { store, clock, random }: BeginPorts): string {
  for (let draws = 0; draws < MOST_DRAWS; draws++) {
    const createdAt = clock.now();
    const id = newRunId(createdAt, random);
    if (store.createRun({ id, plan, createdAt, traceId: runTraceId(id) })) return id;
  }
  throw new Error(`no free id for a run in ${MOST_DRAWS} draws`);
}
