import type { VersionConfig, VersionTarget } from '../../../suites/deploying/deploymentConfig.ts';
import { targetText } from '../../../suites/gateway/armTarget.ts';
import type { ArmConfig } from '../../../suites/gateway/gatewayConfig.ts';
import type { Version } from '../../sides.ts';
import { versionOf } from '../../versionOf.ts';

interface Known {
  root: string;
  versions: readonly VersionConfig[];
}

/** What an arm of a route stands for: a version of the deployment where it leads there, else what it leads to. Throws ReleaseError. */
export function versionOfArm(
  { name, target }: ArmConfig,
  { root, versions }: Known,
  started: readonly { version: string; url: string }[],
): Version {
  const configured = versions.find((version) => version.name === name)?.what;
  const url = target.kind === 'agent' ? target.url : undefined;
  const isStarted = started.some((one) => one.version === name && one.url === url);
  if (configured?.kind === 'program' && isStarted) return versionOf(name, configured, root);
  if (configured?.kind === 'url' && configured.url === url) return versionOf(name, configured, root);
  return versionOf(name, plainTarget(), root);

  function plainTarget(): VersionTarget {
    switch (target.kind) {
      case 'release':
        return target;
      case 'agent':
        return { kind: 'url', url: target.url };
      case 'provider':
        return { kind: 'model', model: targetText(target) };
    }
  }
}
