import { releaseNames } from '../engine/files/releaseNames.ts';
import type { Workspace } from '../engine/suites/loadWorkspace.ts';
import type { DeploymentChoices } from '../protocol/deploymentCalls.ts';
import { configuredWhere } from '../services/configuredWhere.ts';

type Version = DeploymentChoices['deployments'][number]['versions'][number];

/** The deployments of touchstone.yaml with what each can bring forward: its versions, and the releases of the workspace. */
export function deploymentChoices({ root, config }: Workspace): DeploymentChoices {
  const releases = releaseNames(root).map((name): Version => ({ to: `release/${name}`, kind: 'release' }));
  const deployments = config.deployments ?? [];
  return {
    deployments: deployments.map(({ name, router, versions, location }) => ({
      deployment: name,
      where: configuredWhere(router),
      versions: [
        ...versions.map((version): Version => ({ to: version.name, kind: version.what.kind })),
        ...releases,
      ],
      location: location ? { path: location.path, line: location.line, column: location.column } : null,
    })),
  };
}
