import { approvalOf } from '../engine/deploy/approval.ts';
import { UserError } from '../engine/errors.ts';
import { releaseNames } from '../engine/files/releaseNames.ts';
import { readRelease } from '../engine/releases/readRelease.ts';
import type { Workspace } from '../engine/suites/loadWorkspace.ts';
import type { DeploymentChoices } from '../protocol/deploymentCalls.ts';
import { configuredWhere } from '../services/configuredWhere.ts';

type Version = DeploymentChoices['deployments'][number]['versions'][number];

/** The deployments of touchstone.yaml with what each can bring forward: its versions, and the releases of the workspace. */
export function deploymentChoices({ root, config }: Workspace): DeploymentChoices {
  const deployments = config.deployments ?? [];
  if (deployments.length === 0) return { deployments: [] };

  const releases = releaseNames(root).map((name): Version => {
    return { to: `release/${name}`, kind: 'release', unapproved: unapprovedBecause(root, name) };
  });
  return {
    deployments: deployments.map(({ name, router, versions, location }) => ({
      deployment: name,
      where: configuredWhere(router),
      versions: [
        ...versions.map((version): Version => {
          return { to: version.name, kind: version.what.kind, unapproved: null };
        }),
        ...releases,
      ],
      location: location ? { path: location.path, line: location.line, column: location.column } : null,
    })),
  };
}

/** One that cannot be read is refused once it is chosen, with all that is wrong with it. */
function unapprovedBecause(root: string, name: string): string | null {
  try {
    const { state, reason } = approvalOf(readRelease(root, name));
    return state === 'approved' ? null : reason;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}
