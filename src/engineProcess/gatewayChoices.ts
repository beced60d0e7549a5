import { readdirSync } from 'node:fs';
import path from 'node:path';
import { isReleaseName, RELEASE_PREFIX, RELEASES_FOLDER } from '../engine/model/releaseFile.ts';
import { targetText } from '../engine/suites/gateway/armTarget.ts';
import type { Workspace } from '../engine/suites/loadWorkspace.ts';
import { unfitFor } from '../engine/suites/monitoring/unfitEvaluators.ts';
import type { GatewayChoices } from '../protocol/gatewayCalls.ts';
import { usedModels } from './modelHandlers.ts';

/** What a person may choose for the gateway: by the workspace's releases, models, routes and suites. */
export function gatewayChoices({ root, config }: Workspace): GatewayChoices {
  const routed = (config.gateway?.routes ?? []).flatMap(({ arms, fallbacks }) => [
    ...arms.map(({ target }) => target),
    ...fallbacks,
  ]);
  const targets = new Map<string, GatewayChoices['targets'][number]['kind']>();
  for (const name of releasesIn(root)) targets.set(`${RELEASE_PREFIX}${name}`, 'release');
  for (const model of usedModels(config)) targets.set(model, 'model');
  for (const target of routed)
    if (target.kind !== 'release')
      targets.set(targetText(target), target.kind === 'agent' ? 'agent' : 'model');

  return {
    targets: [...targets].map(([target, kind]) => ({ target, kind })),
    suites: config.suites
      .filter(({ evaluators }) => evaluators.some((spec) => unfitFor(spec) === undefined))
      .map(({ name }) => name),
  };
}

function releasesIn(root: string): string[] {
  try {
    const files = readdirSync(path.join(root, RELEASES_FOLDER));
    return files
      .flatMap((file) => (file.endsWith('.yaml') ? [file.slice(0, -'.yaml'.length)] : []))
      .filter(isReleaseName);
  } catch {
    // Most workspaces have none.
    return [];
  }
}
