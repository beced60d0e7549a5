import { contentHash } from '../model/hash.ts';
import { readRelease } from '../releases/readRelease.ts';
import type { VersionTarget } from '../suites/deploying/deploymentConfig.ts';
import type { Version } from './sides.ts';

/** A version with its digest. Throws ReleaseError for a release that does not exist or was changed by hand. */
export function versionOf(name: string, target: VersionTarget, root: string): Version {
  return { name, target, digest: digestOf(target, root) };
}

function digestOf(target: VersionTarget, root: string): string {
  return target.kind === 'release' ? readRelease(root, target.release).digest : contentHash(target);
}
