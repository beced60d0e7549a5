import { approvalOf } from '../engine/deploy/approval.ts';
import type { Version } from '../engine/deploy/sides.ts';
import { versionOf } from '../engine/deploy/versionOf.ts';
import { UsageError } from '../engine/errors.ts';
import { readAddress } from '../engine/http/address.ts';
import { isLinkLocal } from '../engine/http/linkLocal.ts';
import { readRelease } from '../engine/releases/readRelease.ts';
import type { DeploymentConfig } from '../engine/suites/deploying/deploymentConfig.ts';

const RELEASE = /^release\/(.+)$/;

/** The version that `to` names: one of the deployment's, `release/NAME`, or the URL of an agent. Throws UserErrors. */
export function versionNamed(config: DeploymentConfig, to: string, root: string): Version {
  const known = config.versions.find(({ name }) => name === to);
  if (known) return versionOf(known.name, known.what, root);

  const release = RELEASE.exec(to)?.[1];
  if (release !== undefined) return versionOf(release, { kind: 'release', release }, root);
  if (/^https?:\/\//.test(to) && URL.canParse(to))
    return versionOf(agentAddress(to).host, { kind: 'url', url: to }, root);

  const names = config.versions.map(({ name }) => name);
  throw new UsageError(`the deployment '${config.name}' has no version '${to}'`, {
    remedy: `Name ${names.length === 0 ? '' : `one of its versions (${names.join(', ')}), `}a release (release/NAME), or the URL of an agent.`,
  });
}

/** What stands in it is kept in the journal, and sent what customers write. Throws UsageError. */
function agentAddress(text: string): URL {
  const url = readAddress(text);
  if (typeof url === 'string' || url.search !== '' || url.hash !== '')
    throw new UsageError('the address of a version holds a user name, a password, or a query', {
      remedy: 'Take it out of the address, which is stored as it is.',
    });
  if (isLinkLocal(url.hostname))
    throw new UsageError(
      `${url.hostname} is a link-local address, where cloud machines keep their credentials; nothing is sent there`,
      {
        remedy: 'Use another address.',
      },
    );
  return url;
}

/** Why a version needs a person's word before it is deployed; null where it was approved, or is none that could be. */
export function unapprovedBecause({ target }: Version, root: string): string | null {
  if (target.kind !== 'release') return null;
  const { state, reason } = approvalOf(readRelease(root, target.release));
  return state === 'approved' ? null : reason;
}
