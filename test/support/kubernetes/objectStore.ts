import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../../../src/engine/model/json.ts';
import type { ResourceKind } from './resourceKinds.ts';

/** A Kubernetes object as it comes and goes. */
export interface KubeObject extends JsonObject {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
}

export interface Metadata extends JsonObject {
  name: string;
}

export interface ChangeEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  version: number;
  resource: ResourceKind;
  object: KubeObject;
}

/** Objects under one rising version, with the changes since the last compaction, as etcd keeps them. */
export class ObjectStore {
  readonly #objects = new Map<string, { resource: ResourceKind; object: KubeObject }>();
  readonly #listeners = new Set<(event: ChangeEvent) => void>();
  #events: ChangeEvent[] = [];
  #version = 1000;
  #compacted = 0;

  get version(): number {
    return this.#version;
  }

  /** Changes up to this version are forgotten. */
  get compacted(): number {
    return this.#compacted;
  }

  get(resource: ResourceKind, namespace: string, name: string): KubeObject | undefined {
    return structuredClone(this.#objects.get(keyOf(resource, namespace, name))?.object);
  }

  list(resource: ResourceKind, namespace: string | undefined): KubeObject[] {
    return [...this.#objects.values()]
      .filter((entry) => entry.resource === resource)
      .map(({ object }) => structuredClone(object))
      .filter(({ metadata }) => namespace === undefined || metadata['namespace'] === namespace)
      .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  }

  /** Writes an object whole. What is as it was gets no new version. */
  put(resource: ResourceKind, object: KubeObject, time: string): KubeObject {
    const namespace = String(object.metadata['namespace'] ?? '');
    const key = keyOf(resource, namespace, object.metadata.name);
    const before = this.#objects.get(key)?.object;
    if (before && isDeepStrictEqual(content(before), content(object))) return structuredClone(before);

    this.#version += 1;
    const metadata: Metadata = {
      ...object.metadata,
      uid: before?.metadata['uid'] ?? `uid-${this.#version}`,
      creationTimestamp: before?.metadata['creationTimestamp'] ?? time,
      resourceVersion: String(this.#version),
    };
    if (object['spec'] !== undefined) {
      const generation = Number(before?.metadata['generation'] ?? 0);
      metadata['generation'] = isDeepStrictEqual(before?.['spec'], object['spec'])
        ? generation
        : generation + 1;
    }

    const stored = structuredClone({ ...object, metadata });
    this.#objects.set(key, { resource, object: stored });
    this.#tell({
      type: before ? 'MODIFIED' : 'ADDED',
      version: this.#version,
      resource,
      object: stored,
    });
    return structuredClone(stored);
  }

  remove(resource: ResourceKind, namespace: string, name: string): KubeObject | undefined {
    const key = keyOf(resource, namespace, name);
    const object = this.#objects.get(key)?.object;
    if (!object) return undefined;
    this.#objects.delete(key);
    this.#version += 1;
    const last = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } };
    this.#tell({ type: 'DELETED', version: this.#version, resource, object: last });
    return last;
  }

  since(version: number): ChangeEvent[] {
    return this.#events.filter((event) => event.version > version);
  }

  /** Forgets the changes so far: whoever watches from before is told that it is gone. */
  compact(): void {
    this.#events = [];
    this.#compacted = this.#version;
  }

  onChange(listener: (event: ChangeEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(event: ChangeEvent): void {
    this.#events.push(event);
    for (const listener of [...this.#listeners]) listener(event);
  }
}

function keyOf({ group, plural }: ResourceKind, namespace: string, name: string): string {
  return `${group}/${plural}/${namespace}/${name}`;
}

/** Without what changes with every write, be it in vain. */
function content(object: KubeObject): JsonObject {
  const {
    resourceVersion: _version,
    generation: _generation,
    uid: _uid,
    creationTimestamp: _at,
    managedFields,
    ...metadata
  } = object.metadata;
  const owners = ((managedFields ?? []) as JsonObject[]).map(({ time: _time, ...owner }) => owner);
  return { ...object, metadata: { ...metadata, owners } };
}
