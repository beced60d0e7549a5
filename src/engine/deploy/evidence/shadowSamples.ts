import { existsSync } from 'node:fs';
import { liveOriginOf } from '../../compare/live/liveComparison.ts';
import type { TrialResult } from '../../model/result.ts';
import { RunStore } from '../../store/runStore.ts';
import { storePath } from '../../store/storeFile.ts';
import type { DeploymentConfig } from '../../suites/deploying/deploymentConfig.ts';
import type { Workspace } from '../../suites/loadWorkspace.ts';
import type { Pair } from '../routers/router.ts';
import type { Side } from '../sides.ts';
import type { StepWindow } from './evidenceSource.ts';
import type { Sample } from './sample.ts';

/** Runs that are looked through for those of the shadow. */
const MOST_RUNS = 50;

/** Answers of pairs that the shadow of the route has stored within a step, of those that are the deployment's versions. Throws StoreError. */
export function shadowSamples(
  workspace: Workspace,
  { router }: DeploymentConfig,
  pair: Pair,
  window: StepWindow,
): Sample[] {
  const file = storePath(workspace.root);
  if (router.kind !== 'local' || !existsSync(file)) return [];

  const store = new RunStore(file, { access: 'read' });
  try {
    const runs = store.listRuns(MOST_RUNS).filter((run) => liveOriginOf(run)?.route === router.route);
    return runs.flatMap((run) =>
      [...store.results(run.id)].flatMap((result) => {
        const side = sideOf(result.target, pair);
        return side && result.startedAt >= window.sinceMs && result.startedAt <= window.untilMs
          ? [sampleOf(result, run.id, side)]
          : [];
      }),
    );
  } finally {
    store.close();
  }
}

function sideOf(target: string, { blue, green }: Pair): Side | undefined {
  const isOf = (name: string | undefined) =>
    name !== undefined && (target === name || target === `release/${name}`);
  if (isOf(green.name)) return 'green';
  return isOf(blue?.name) ? 'blue' : undefined;
}

function sampleOf(result: TrialResult, runId: string, side: Side): Sample {
  const { target, caseIndex, output, status, score, tags, cluster, startedAt, traceId } = result;
  const isError = output.status === 'error';
  return {
    id: `shadow:${runId}:${caseIndex}:${target}`,
    ...{
      side,
      source: 'shadow',
      atMs: startedAt,
      isError,
      latencyMs: isError ? null : output.latencyMs,
      tags,
      traceId,
    },
    costUsd: output.costUsd,
    quality:
      isError || status === 'errored' || score === null ? null : { passed: status === 'passed', score },
    cluster: cluster ?? null,
    servedModel: output.model ?? null,
  };
}
