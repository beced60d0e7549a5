import { hash } from 'node:crypto';
import type { KubernetesConfig } from '../../../../suites/deploying/deploymentConfig.ts';
import type { Version } from '../../../sides.ts';

/** The Deployment and the Service of a version. */
export interface VersionNames {
  deployment: string;
  service: string;
  /** Tells the pods of this version from those of others; undefined for the version that your own manifests made. */
  tag: string | undefined;
}

/** What Touchstone writes on what it makes. */
export const LABEL = {
  /** The tag of the version. */
  version: 'touchstone/version',
  /** The Deployment of the configuration. */
  of: 'touchstone/of',
  manager: 'app.kubernetes.io/managed-by',
} as const;

export const NOTE = {
  name: 'touchstone/name',
  digest: 'touchstone/digest',
  /** Names of the environment variables that the version sets. */
  environment: 'touchstone/environment',
  /** Labels that were changed so that the selectors of others do not meet. */
  renamed: 'touchstone/renamed-labels',
  /** As many pods as it was made for. */
  replicas: 'touchstone/replicas',
  /** What blue and the route were when it was made, as hashes. */
  blueThen: 'touchstone/blue-template',
  routeThen: 'touchstone/route',
  drainingSince: 'touchstone/draining-since',
} as const;

/** The digest of what your own manifests made begins so; it is never made by Touchstone. */
const BASE = 'base-';

export function baseDigest(template: string): string {
  return BASE + template.slice(0, 12);
}

const LONGEST_NAME = 63;
const TAG_LENGTH = 10;

/** Equal versions have equal names, so that whoever goes on finds what another began. */
export function namesOf({ deployment, service }: KubernetesConfig, version: Version): VersionNames {
  if (version.digest.startsWith(BASE)) return { deployment, service, tag: undefined };
  const tag = tagOf(version);
  return { deployment: suffixed(deployment, tag), service: suffixed(service, tag), tag };
}

/** A label value or a name that ends in the tag. */
export function suffixed(name: string, tag: string): string {
  return `${name.slice(0, LONGEST_NAME - tag.length - 1).replace(/[-.]+$/, '')}-${tag}`;
}

/** The beginning of the digest where it is one, so that people recognise it. */
function tagOf({ digest }: Version): string {
  const [digits] = /[0-9a-f]{16,}$/.exec(digest) ?? [hash('sha256', digest, 'hex')];
  return digits.slice(0, TAG_LENGTH);
}
