/** Where the releases of a workspace stand, relative to its root. */
export const RELEASES_FOLDER = 'releases';

/** What a route or a client writes before the name of a release, in place of a model. */
export const RELEASE_PREFIX = 'release/';

/** The file of a release, relative to the workspace. The name must be one (`isReleaseName`). */
export function releaseFile(name: string): string {
  return `${RELEASES_FOLDER}/${name}.yaml`;
}

/** It is a file name on every system: of letters, digits, `.`, `_` and `-`, so that it leads nowhere else, and no device of Windows. */
export function isReleaseName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name) && !DEVICE.test(name);
}

const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** `warm` of `release/warm`; undefined where the model is not a release. */
export function releaseIn(model: string): string | undefined {
  return model.startsWith(RELEASE_PREFIX) ? model.slice(RELEASE_PREFIX.length) : undefined;
}
