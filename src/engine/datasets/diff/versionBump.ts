import compare from 'semver/functions/compare.js';
import inc from 'semver/functions/inc.js';
import parse from 'semver/functions/parse.js';

/** Part of a version that is raised, from the least to the most. */
const BUMPS = ['none', 'patch', 'minor', 'major'] as const;
export type Bump = (typeof BUMPS)[number];

/** How the version changed; `prerelease`: only the part after the hyphen. */
type MadeBump = Bump | 'prerelease' | 'lowered';

export interface VersionVerdict {
  before: string;
  after: string;
  /** What the content calls for. */
  needed: Bump;
  made: MadeBump;
  enough: boolean;
  /** The version that would do, where this one does not. */
  suggested?: string;
}

export function largestBump(bumps: Iterable<Bump>): Bump {
  let largest: Bump = 'none';
  for (const bump of bumps) if (BUMPS.indexOf(bump) > BUMPS.indexOf(largest)) largest = bump;
  return largest;
}

/**
 * Whether the version was raised at least as far as the changes require. Between prereleases of one version any step
 * will do, since that version is not released yet.
 */
export function judgeVersion(before: string, after: string, needed: Bump): VersionVerdict {
  const made = madeBump(before, after);
  const enough =
    made === 'prerelease' || (made !== 'lowered' && BUMPS.indexOf(made) >= BUMPS.indexOf(needed));
  const suggested = enough || needed === 'none' ? null : inc(before, needed);
  return { before, after, needed, made, enough, ...(suggested === null ? {} : { suggested }) };
}

function madeBump(before: string, after: string): MadeBump {
  const from = parse(before);
  const to = parse(after);
  if (!from || !to) return 'none';
  const order = compare(to, from);
  if (order < 0) return 'lowered';
  if (order === 0) return 'none';
  if (to.major !== from.major) return 'major';
  if (to.minor !== from.minor) return 'minor';
  if (to.patch !== from.patch) return 'patch';
  return 'prerelease';
}
