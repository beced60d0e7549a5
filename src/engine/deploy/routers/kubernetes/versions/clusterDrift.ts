import { isJsonObject, type JsonObject } from '../../../../model/json.ts';
import { visibleText } from '../../../../model/visibleText.ts';
import type { KubernetesConfig } from '../../../../suites/deploying/deploymentConfig.ts';
import type { Version } from '../../../sides.ts';
import { FIELD_MANAGER } from '../cluster/clusterClient.ts';
import {
  annotation,
  at,
  type ClusterObject,
  listAt,
  mapAt,
  selects,
  textAt,
} from '../cluster/clusterObject.ts';
import { containerOf, environmentOf, templateHash } from './greenObjects.ts';
import { type Pair, routeParts, type SeenWeights } from './routeWeights.ts';
import { NOTE } from './versionNames.ts';
import type { VersionState } from './versionState.ts';

interface Seen {
  config: KubernetesConfig;
  route: ClusterObject;
  weights: SeenWeights;
  pair: Pair;
  blue: VersionState | undefined;
  green: VersionState;
  greenVersion: Version;
}

/** What somebody else has changed since green was made, in sentences. The number of pods is for autoscalers to change. */
export function driftOf(seen: Seen): string[] {
  return [...routeDrift(seen), ...blueDrift(seen), ...greenDrift(seen), ...selectorDrift(seen)];
}

function routeDrift({ route, weights, pair, green }: Seen): string[] {
  const found: string[] = [];
  if (!weights.isEven)
    found.push(`the rules of HTTPRoute ${route.metadata.name} give both versions different weights`);

  const then = partsThen(green.deployment);
  if (!then) return found;
  const now = routeParts(route, pair);
  const changed = [...new Set([...Object.keys(then), ...Object.keys(now)])].filter(
    (part) => then[part] !== now[part],
  );
  if (changed.length > 0)
    found.push(
      `HTTPRoute ${route.metadata.name} was changed${lastWriter(route)}: ${visibleText(changed.join(', '))}`,
    );
  return found;
}

function blueDrift({ blue, green }: Seen): string[] {
  if (!blue) return [];
  const { deployment, names } = blue;
  if (!deployment) return [`Deployment ${names.deployment} (blue) is gone`];
  const then = green.deployment ? annotation(green.deployment, NOTE.blueThen) : undefined;
  const found =
    then !== undefined && then !== templateHash(deployment)
      ? [`Deployment ${names.deployment} (blue) was changed${lastWriter(deployment)}: its pods are made anew`]
      : [];
  if (!blue.service) found.push(`Service ${names.service} (blue) is gone`);
  return found;
}

function greenDrift({ config, green, greenVersion }: Seen): string[] {
  const { deployment, names } = green;
  if (!deployment) return [];
  const container = containerOf(config, mapAt(deployment, 'spec', 'template'));
  const { target } = greenVersion;
  const found: string[] = [];
  const who = lastWriter(deployment);
  if (target.kind === 'image' && textAt(container, 'image') !== target.image)
    found.push(
      `Deployment ${names.deployment} (green) was changed${who}: its image is ${visibleText(textAt(container, 'image') ?? 'none')}, not ${target.image}`,
    );
  for (const [name, value] of Object.entries(environmentOf(greenVersion)))
    if (!listAt(container, 'env').some((entry) => entry['name'] === name && entry['value'] === value))
      found.push(
        `Deployment ${names.deployment} (green) was changed${who}: its variable ${name} has another value`,
      );
  if (at(deployment, 'spec', 'paused') === true)
    found.push(`Deployment ${names.deployment} (green) was paused${who}`);
  return found;
}

/** Traffic for one version would reach the pods of the other, whatever the weights are. */
function selectorDrift({ blue, green }: Seen): string[] {
  const meet = (service: ClusterObject | null | undefined, deployment: ClusterObject | null | undefined) =>
    service &&
    deployment &&
    selects(mapAt(service, 'spec', 'selector'), mapAt(deployment, 'spec', 'template', 'metadata', 'labels'));
  const found: string[] = [];
  if (meet(blue?.service, green.deployment))
    found.push(`Service ${blue?.names.service} (blue) selects pods of green, too`);
  if (meet(green.service, blue?.deployment))
    found.push(`Service ${green.names.service} (green) selects pods of blue, too`);
  return found;
}

function partsThen(deployment: ClusterObject | null): JsonObject | undefined {
  try {
    const parts: unknown = JSON.parse((deployment && annotation(deployment, NOTE.routeThen)) ?? '');
    return isJsonObject(parts) ? parts : undefined;
  } catch {
    return undefined;
  }
}

/** Who wrote the object last, beside us and the controllers of its status: ` by kubectl-edit`. */
function lastWriter(object: ClusterObject): string {
  const entries = listAt(object, 'metadata', 'managedFields')
    .filter((entry) => entry['manager'] !== FIELD_MANAGER && entry['subresource'] !== 'status')
    .map((entry) => ({ manager: textAt(entry, 'manager') ?? '', time: textAt(entry, 'time') ?? '' }))
    .sort((a, b) => (a.time < b.time ? 1 : -1));
  const [last] = entries;
  return last && last.manager !== '' ? ` by ${visibleText(last.manager)}` : '';
}
