import { excerpt } from '../../../../files/text/excerpt.ts';
import type { JsonObject } from '../../../../model/json.ts';
import type { Readiness } from '../../router.ts';
import { annotation, at, type ClusterObject, listAt, numberAt, textAt } from '../cluster/clusterObject.ts';
import { NOTE } from './versionNames.ts';

/** Crashes that are more than a slow start of something else. */
const CRASHES = 3;

/** Why a container that waits will not start by itself. */
const HOPELESS: { readonly [reason: string]: string } = {
  ImagePullBackOff: 'its image cannot be pulled',
  InvalidImageName: 'the name of its image is not valid',
  ErrImageNeverPull: 'its image is not on the node and may not be pulled',
  CreateContainerConfigError: 'a ConfigMap or Secret that it needs is missing',
  RunContainerError: 'its container cannot be run',
};

/**
 * Whether a version is rolled out, in words: its controller has seen the newest specification, all its pods are of it, and as many as it was made
 * for are available. More pods that an autoscaler has asked for since are not waited for.
 */
export function readinessOf(
  deployment: ClusterObject | null,
  pods: readonly ClusterObject[],
  hasService: boolean,
): Readiness {
  if (!deployment) return { state: 'absent' };
  if (at(deployment, 'metadata', 'deletionTimestamp') !== undefined)
    return { state: 'draining', inFlight: null };
  if (annotation(deployment, NOTE.drainingSince) !== undefined) return { state: 'draining', inFlight: null };

  const hopeless = pods.map(hopelessPod).find((reason) => reason !== undefined);
  if (hopeless !== undefined) return { state: 'failing', reason: hopeless };
  const late = conditionOf(deployment, 'Progressing');
  if (late && late['reason'] === 'ProgressDeadlineExceeded') {
    const waiting = pods.map(waitingPod).find((reason) => reason !== undefined);
    const why = waiting === undefined ? '' : `: ${waiting}`;
    return { state: 'failing', reason: `the Deployment made no progress within its deadline${why}` };
  }

  const missing =
    missingFrom(deployment, pods) ?? (hasService ? undefined : 'its Service does not exist yet');
  return missing === undefined ? { state: 'ready' } : { state: 'starting', reason: missing };
}

/**
 * Whether what serves already goes on to do so: a single pod that answers is enough. Traffic that goes back to it is not kept waiting by another pod
 * that crashes, or by a rollout of its own.
 */
export function servingOf(
  deployment: ClusterObject | null,
  pods: readonly ClusterObject[],
  hasService: boolean,
): Readiness {
  const available = numberAt(deployment ?? undefined, 'status', 'availableReplicas') ?? 0;
  const strict = readinessOf(deployment, pods, hasService);
  const isThere = strict.state === 'starting' || strict.state === 'failing';
  return isThere && available > 0 && hasService ? { state: 'ready' } : strict;
}

/** Pods that a Deployment was made for, and no fewer than are asked of it now. */
export function neededPods(deployment: ClusterObject): number {
  const asked = numberAt(deployment, 'spec', 'replicas') ?? 1;
  return Math.min(asked, madeFor(deployment) ?? asked);
}

/** Undefined where it is not noted, or somebody has made nonsense of the note. */
export function madeFor(deployment: ClusterObject): number | undefined {
  const made = Number(annotation(deployment, NOTE.replicas) ?? Number.NaN);
  return Number.isInteger(made) && made > 0 ? made : undefined;
}

function missingFrom(deployment: ClusterObject, pods: readonly ClusterObject[]): string | undefined {
  const count = (field: string) => numberAt(deployment, 'status', field) ?? 0;
  const needed = neededPods(deployment);
  const generation = numberAt(deployment, 'metadata', 'generation') ?? 0;
  if (count('observedGeneration') < generation)
    return 'the cluster has not taken up its newest specification yet';
  if (needed === 0) return 'it is scaled to 0 pods';

  const refused = conditionOf(deployment, 'ReplicaFailure');
  if (refused?.['status'] === 'True')
    return `the cluster does not make its pods: ${excerpt(textAt(refused, 'message') ?? '', 200)}`;
  if (count('updatedReplicas') < needed)
    return `${count('updatedReplicas')} of ${plural(needed, 'pod')} are made`;
  const old = count('replicas') - count('updatedReplicas');
  if (old > 0)
    return `${plural(old, 'pod')} of an earlier specification ${old === 1 ? 'is' : 'are'} still there`;
  if (count('availableReplicas') >= needed) return undefined;

  const waiting = pods.map(waitingPod).find((reason) => reason !== undefined);
  const why = waiting === undefined ? '' : `: ${waiting}`;
  return `${count('availableReplicas')} of ${plural(needed, 'pod')} are available${why}`;
}

function hopelessPod(pod: ClusterObject): string | undefined {
  for (const status of containersOf(pod)) {
    const reason = textAt(status, 'state', 'waiting', 'reason') ?? '';
    const restarts = numberAt(status, 'restartCount') ?? 0;
    if (reason === 'CrashLoopBackOff' && restarts >= CRASHES) {
      const code = numberAt(status, 'lastState', 'terminated', 'exitCode');
      const how = code === undefined ? '' : `, the last time with exit code ${code}`;
      return `${place(status, pod)} keeps crashing: ${plural(restarts, 'restart')}${how}`;
    }
    const why = HOPELESS[reason];
    if (why !== undefined) return `${place(status, pod)} does not start: ${why}${saidBy(status)}`;
  }
  return undefined;
}

function waitingPod(pod: ClusterObject): string | undefined {
  const unready = containersOf(pod).find((status) => status['ready'] !== true);
  if (!unready) return undefined;
  const reason = textAt(unready, 'state', 'waiting', 'reason');
  return reason === undefined
    ? `${place(unready, pod)} runs and is not ready`
    : `${place(unready, pod)} waits: ${excerpt(reason)}${saidBy(unready)}`;
}

function containersOf(pod: ClusterObject): JsonObject[] {
  return [...listAt(pod, 'status', 'initContainerStatuses'), ...listAt(pod, 'status', 'containerStatuses')];
}

function place(status: JsonObject, pod: ClusterObject): string {
  return `container ${textAt(status, 'name') ?? '?'} of pod ${pod.metadata.name}`;
}

function saidBy(status: JsonObject): string {
  const message = textAt(status, 'state', 'waiting', 'message') ?? '';
  return message === '' ? '' : ` (${excerpt(message, 160)})`;
}

function conditionOf(deployment: ClusterObject, type: string): JsonObject | undefined {
  return listAt(deployment, 'status', 'conditions').find((one) => one['type'] === type);
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
