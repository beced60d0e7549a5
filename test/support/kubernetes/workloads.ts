import type { JsonObject } from '../../../src/engine/model/json.ts';
import type { Clock } from '../../../src/engine/ports.ts';
import type { KubeObject, Metadata, ObjectStore } from './objectStore.ts';
import { kindAt, type ResourceKind } from './resourceKinds.ts';

/** How the pods of an image behave. */
export type PodBehaviour =
  | { kind: 'ready'; afterMs: number }
  /** It starts and never answers its probe. */
  | { kind: 'never' }
  | { kind: 'crash-loop'; restarts: number }
  | { kind: 'waiting'; reason: string; message: string };

interface DeploymentSpec {
  replicas?: number;
  progressDeadlineSeconds?: number;
  selector: { matchLabels: { [label: string]: string } };
  template: {
    metadata: { labels: { [label: string]: string } };
    spec: { containers: { name: string; image: string }[] };
  };
}

/** What a cluster's own controllers do with Deployments: pods come, become ready after a while or not at all, and go. */
export class Workloads {
  readonly #store: ObjectStore;
  readonly #clock: Clock;
  readonly #behaviours = new Map<string, PodBehaviour>();
  readonly #stops = new Set<() => void>();
  readonly #late = new Set<string>();
  #isPaused = false;

  constructor(store: ObjectStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    store.onChange(({ resource, object, type }) => {
      if (resource !== DEPLOYMENTS) return;
      if (type === 'DELETED') this.#removePods(object);
      else if (!this.#isPaused) this.#reconcile(object);
    });
  }

  behave(image: string, behaviour: PodBehaviour): void {
    this.#behaviours.set(image, behaviour);
  }

  /** The pods that there are behave so from now on, too. */
  become(image: string, behaviour: PodBehaviour): void {
    this.behave(image, behaviour);
    for (const deployment of this.#store.list(DEPLOYMENTS, undefined)) {
      const spec = specOf(deployment);
      if (imageOf(spec) !== image) continue;
      for (const pod of this.#pods(deployment))
        this.#put(PODS, { ...pod, status: statusOf(spec, behaviour, behaviour.kind === 'ready') });
      this.#writeStatus(deployment);
    }
  }

  /** The controllers stop noticing changes. */
  pause(): void {
    this.#isPaused = true;
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }

  /** The time that a Deployment has to make progress is over. */
  exceedDeadline(namespace: string, name: string): void {
    const deployment = this.#store.get(DEPLOYMENTS, namespace, name);
    this.#late.add(name);
    if (deployment) this.#writeStatus(deployment);
  }

  #reconcile(deployment: KubeObject): void {
    const spec = specOf(deployment);
    const wanted = spec.replicas ?? 1;
    const image = imageOf(spec);
    const pods = this.#pods(deployment);
    for (const pod of pods) if (imageIn(pod) !== image) this.#remove(pod);

    const current = pods.filter((pod) => imageIn(pod) === image);
    for (const pod of current.slice(wanted)) this.#remove(pod);
    for (let count = current.length; count < wanted; count += 1) this.#addPod(deployment, spec);
    this.#writeStatus(deployment);
  }

  #addPod(deployment: KubeObject, spec: DeploymentSpec): void {
    const behaviour = this.#behaviours.get(imageOf(spec)) ?? { kind: 'ready', afterMs: 0 };
    const name = `${deployment.metadata.name}-${this.#store.version.toString(36)}`;
    const metadata: Metadata = {
      name,
      namespace: deployment.metadata['namespace'] ?? '',
      labels: { ...spec.template.metadata.labels, 'pod-template-hash': 'h' },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          name: deployment.metadata.name,
          uid: deployment.metadata['uid'] ?? '',
        },
      ],
    };
    const pod: KubeObject = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata,
      spec: spec.template.spec as unknown as JsonObject,
    };
    this.#put(PODS, {
      ...pod,
      status: statusOf(spec, behaviour, behaviour.kind === 'ready' && behaviour.afterMs === 0),
    });
    if (behaviour.kind === 'ready' && behaviour.afterMs > 0)
      this.#later(behaviour.afterMs, () => this.#makeReady(deployment, name));
  }

  #makeReady(deployment: KubeObject, pod: string): void {
    const namespace = String(deployment.metadata['namespace']);
    const known = this.#store.get(PODS, namespace, pod);
    const owner = this.#store.get(DEPLOYMENTS, namespace, deployment.metadata.name);
    if (!known || !owner) return;
    const spec = specOf(owner);
    this.#put(PODS, { ...known, status: statusOf(spec, { kind: 'ready', afterMs: 0 }, true) });
    this.#writeStatus(owner);
  }

  #later(ms: number, work: () => void): void {
    const stop = this.#clock.after(ms, () => {
      this.#stops.delete(stop);
      work();
    });
    this.#stops.add(stop);
  }

  #writeStatus(deployment: KubeObject): void {
    const isLate = this.#late.has(deployment.metadata.name);
    const pods = this.#pods(deployment);
    const ready = pods.filter(isReady).length;
    const wanted = specOf(deployment).replicas ?? 1;
    const status: JsonObject = {
      observedGeneration: deployment.metadata['generation'] ?? 1,
      replicas: pods.length,
      updatedReplicas: pods.length,
      readyReplicas: ready,
      availableReplicas: ready,
      unavailableReplicas: wanted - ready,
      conditions: [
        condition(
          'Available',
          ready >= Math.max(1, Math.ceil(wanted * 0.75)) || wanted === 0,
          'MinimumReplicas',
          '',
        ),
        isLate
          ? condition(
              'Progressing',
              false,
              'ProgressDeadlineExceeded',
              `ReplicaSet "${deployment.metadata.name}" has timed out progressing.`,
            )
          : condition('Progressing', true, 'NewReplicaSetAvailable', ''),
      ],
    };
    this.#put(DEPLOYMENTS, { ...deployment, status });
  }

  #pods(deployment: KubeObject): KubeObject[] {
    const { matchLabels } = specOf(deployment).selector;
    const namespace = String(deployment.metadata['namespace']);
    return this.#store.list(PODS, namespace).filter((pod) => {
      const labels = (pod.metadata['labels'] ?? {}) as { [label: string]: string };
      return Object.entries(matchLabels).every(([label, value]) => labels[label] === value);
    });
  }

  #removePods(deployment: KubeObject): void {
    for (const pod of this.#pods(deployment)) this.#remove(pod);
  }

  #remove(pod: KubeObject): void {
    this.#store.remove(PODS, String(pod.metadata['namespace']), pod.metadata.name);
  }

  #put(resource: ResourceKind, object: KubeObject): void {
    this.#store.put(resource, object, new Date(this.#clock.now()).toISOString());
  }
}

const DEPLOYMENTS = kindNamed('apps', 'v1', 'deployments');
const PODS = kindNamed('', 'v1', 'pods');

function kindNamed(group: string, version: string, plural: string): ResourceKind {
  const kind = kindAt(group, version, plural);
  if (!kind) throw new Error(`no ${plural}`);
  return kind;
}

function specOf(deployment: KubeObject): DeploymentSpec {
  return deployment['spec'] as unknown as DeploymentSpec;
}

function imageOf(spec: DeploymentSpec): string {
  return spec.template.spec.containers[0]?.image ?? '';
}

function imageIn(pod: KubeObject): string {
  const { containers } = pod['spec'] as unknown as DeploymentSpec['template']['spec'];
  return containers[0]?.image ?? '';
}

function isReady(pod: KubeObject): boolean {
  const { containerStatuses } = pod['status'] as unknown as { containerStatuses: { ready: boolean }[] };
  return containerStatuses.every(({ ready }) => ready);
}

function statusOf(spec: DeploymentSpec, behaviour: PodBehaviour, ready: boolean): JsonObject {
  const containerStatuses = spec.template.spec.containers.map(({ name, image }) => ({
    name,
    image,
    ready,
    restartCount: behaviour.kind === 'crash-loop' ? behaviour.restarts : 0,
    ...containerState(behaviour),
  }));
  return { phase: behaviour.kind === 'waiting' ? 'Pending' : 'Running', containerStatuses };
}

function containerState(behaviour: PodBehaviour): JsonObject {
  if (behaviour.kind === 'waiting')
    return { state: { waiting: { reason: behaviour.reason, message: behaviour.message } } };
  if (behaviour.kind !== 'crash-loop') return { state: { running: { startedAt: '2026-11-30T10:00:00Z' } } };
  return {
    state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s restarting failed container' } },
    lastState: { terminated: { exitCode: 1, reason: 'Error' } },
  };
}

function condition(type: string, status: boolean, reason: string, message: string): JsonObject {
  return {
    type,
    status: status ? 'True' : 'False',
    reason,
    message,
    lastTransitionTime: '2026-11-30T10:00:00Z',
  };
}
