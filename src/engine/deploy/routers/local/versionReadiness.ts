import { ReleaseError } from '../../../errors.ts';
import { readRelease } from '../../../releases/readRelease.ts';
import type { ArmConfig } from '../../../suites/gateway/gatewayConfig.ts';
import type { Version } from '../../sides.ts';
import type { Readiness } from '../router.ts';
import { RouterError } from '../routerError.ts';
import { probeConnection, probePath } from './probe.ts';
import type { Programs, ProgramVersion } from './programs.ts';

/** Whether a version could answer. `arm`: its own, undefined where the route does not name it. */
export async function versionReadiness(
  version: Version,
  arm: ArmConfig | undefined,
  { root, programs }: { root: string; programs: Programs },
  signal: AbortSignal,
): Promise<Readiness> {
  if (isProgram(version)) {
    const readiness = await programs.readinessOf(version, signal);
    if (arm || readiness.state !== 'ready') return readiness;
    return { state: 'starting', reason: 'the route does not name it' };
  }
  if (!arm) return { state: 'absent' };
  if (version.target.kind === 'release') return releaseReadiness(version, root);
  if (version.target.kind !== 'url') return { state: 'ready' };

  const { url, readyPath } = version.target;
  const reason =
    readyPath === undefined
      ? await probeConnection(new URL(url), signal)
      : await probePath(new URL(readyPath, url), signal);
  return reason === null ? { state: 'ready' } : { state: 'starting', reason };
}

/** A release is what it was when the deployment began. Throws RouterError. */
export function checkRelease({ name, target, digest }: Version, root: string): void {
  if (target.kind !== 'release') return;
  const release = asRouterError(() => readRelease(root, target.release));
  if (release.digest !== digest)
    throw new RouterError(`release ${target.release} is not what "${name}" was when the deployment began`, {
      isTransient: false,
    });
}

export function isProgram(version: Version): version is ProgramVersion {
  return version.target.kind === 'program';
}

/** What cannot be read of a release is no fault that goes away by itself. */
export function asRouterError<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ReleaseError)) throw error;
    throw new RouterError(error.message, { isTransient: false, remedy: error.remedy, cause: error });
  }
}

function releaseReadiness(version: Version, root: string): Readiness {
  try {
    checkRelease(version, root);
    return { state: 'ready' };
  } catch (error) {
    if (error instanceof RouterError) return { state: 'failing', reason: error.message };
    throw error;
  }
}
