import { isJsonObject, type JsonObject, type JsonValue } from '../../../../model/json.ts';

/** An object of a cluster as it stands there, with fields that nobody here knows. */
export interface ClusterObject extends JsonObject {
  metadata: ObjectMetadata;
}

export interface ObjectMetadata extends JsonObject {
  name: string;
}

/** A kind that is read or written, by the path of its group and version. */
export interface ClusterKind {
  kind: string;
  apiVersion: string;
  plural: string;
}

export const DEPLOYMENT: ClusterKind = { kind: 'Deployment', apiVersion: 'apps/v1', plural: 'deployments' };
export const POD: ClusterKind = { kind: 'Pod', apiVersion: 'v1', plural: 'pods' };
export const SERVICE: ClusterKind = { kind: 'Service', apiVersion: 'v1', plural: 'services' };
export const CONFIG_MAP: ClusterKind = { kind: 'ConfigMap', apiVersion: 'v1', plural: 'configmaps' };
export const LEASE: ClusterKind = { kind: 'Lease', apiVersion: 'coordination.k8s.io/v1', plural: 'leases' };
export const HTTP_ROUTE: ClusterKind = {
  kind: 'HTTPRoute',
  apiVersion: 'gateway.networking.k8s.io/v1',
  plural: 'httproutes',
};

export function isClusterObject(value: JsonValue): value is ClusterObject {
  return (
    isJsonObject(value) &&
    isJsonObject(value['metadata'] ?? null) &&
    typeof at(value, 'metadata', 'name') === 'string'
  );
}

/** What stands at a path of keys; undefined where nothing does. */
export function at(value: JsonValue | undefined, ...path: readonly string[]): JsonValue | undefined {
  let found = value;
  for (const key of path) found = isJsonObject(found ?? null) ? (found as JsonObject)[key] : undefined;
  return found;
}

/** An object at a path; empty where there is none. */
export function mapAt(value: JsonValue | undefined, ...path: readonly string[]): JsonObject {
  const found = at(value, ...path) ?? null;
  return isJsonObject(found) ? found : {};
}

/** The objects of a list at a path. */
export function listAt(value: JsonValue | undefined, ...path: readonly string[]): JsonObject[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.filter(isJsonObject) : [];
}

export function textAt(value: JsonValue | undefined, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

export function numberAt(value: JsonValue | undefined, ...path: readonly string[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === 'number' ? found : undefined;
}

export function versionOf(object: ClusterObject): string {
  return textAt(object, 'metadata', 'resourceVersion') ?? '';
}

export function annotation(object: ClusterObject, name: string): string | undefined {
  return textAt(object, 'metadata', 'annotations', name);
}

/** Whether every label of a selector is among these; an empty selector selects nothing. */
export function selects(selector: JsonObject, labels: JsonObject): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([label, value]) => labels[label] === value);
}
