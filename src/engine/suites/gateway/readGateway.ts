import type { Pointer } from '../../files/formats/document.ts';
import { defined } from '../../model/defined.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { RELEASE_PREFIX } from '../../model/releaseFile.ts';
import { type ConfigReader, reportKey, startOf } from '../config/configReader.ts';
import { toMilliseconds } from '../config/duration.ts';
import { readTarget, targetText } from './armTarget.ts';
import type {
  ArmConfig,
  ArmTarget,
  GatewayConfig,
  RouteConfig,
  RouteLimits,
  ShadowConfig,
  StickyKey,
} from './gatewayConfig.ts';
import {
  GATEWAY_DEFAULTS,
  gatewayFile,
  type RouteFile,
  routeFile,
  type ShadowFile,
  type TargetFile,
} from './gatewayFile.ts';
import { checkReach } from './reachProblems.ts';
import { MODELS_PATH } from './routePath.ts';
import { checkRoute, type GatewayNames } from './routeProblems.ts';

/**
 * `gateway` of a file whose form has been checked; what only its sense and its surroundings show is reported. A route of a wrong form
 * is left out. Undefined where the file has none.
 */
export function readGateway(
  reader: ConfigReader,
  file: JsonObject,
  known: GatewayNames,
): GatewayConfig | undefined {
  if (file['gateway'] === undefined) return undefined;

  if (known.providers.includes(RELEASES)) warnOfProvider(reader);
  const section = mapIn(file['gateway']);
  const routes = inFileOrder(reader, Object.entries(mapIn(section['routes']))).flatMap(([name, value]) => {
    const { data } = routeFile.safeParse(value);
    if (!data) return [];

    const at: Pointer = ['gateway', 'routes', name];
    const route = toRoute(reader, name, data, at);
    checkRoute(reader, route, data, at, known);
    return [route];
  });

  checkReach(reader, routes);
  const { port } = gatewayFile.pick({ port: true }).strip().safeParse(section).data ?? {};
  return { ...defined({ port }), routes };
}

/** `release/…` is a release, whoever is configured. */
const RELEASES = RELEASE_PREFIX.slice(0, -1);

function warnOfProvider(reader: ConfigReader): void {
  reportKey(reader, ['providers', RELEASES], {
    severity: 'warning',
    code: 'no-effect',
    message: `the gateway never asks a provider called "${RELEASES}": ${RELEASE_PREFIX}… is the name of a release`,
    remedy: 'Rename the provider.',
  });
}

function mapIn(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** A map of JavaScript has names that are numbers first, wherever they stand. */
function inFileOrder<T>(reader: ConfigReader, entries: [string, T][]): [string, T][] {
  const placed = entries.map((entry) => ({
    entry,
    place: reader.document.locateKey(['gateway', 'routes', entry[0]]),
  }));
  placed.sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);
  return placed.map(({ entry }) => entry);
}

function toRoute(reader: ConfigReader, name: string, file: RouteFile, at: Pointer): RouteConfig {
  const arms = toArms(file.to);
  const models = file.model === undefined ? undefined : [file.model].flat();
  const isAgent = arms.every(({ target }) => target.kind === 'agent');

  return {
    name,
    location: startOf(reader.document.locateKey(at)),
    match: {
      path: file.path ?? (isAgent && models === undefined ? `/agents/${name}` : MODELS_PATH),
      ...defined({ models }),
    },
    arms,
    ...defined({ sticky: file.sticky === undefined ? undefined : toSticky(file.sticky) }),
    pool: file.bulkhead,
    limits: toLimits(file.limits),
    fallbacks: file.fallbacks.map(toTarget),
    cache: file.cache,
    ...defined({ shadow: file.shadow === undefined ? undefined : toShadow(file.shadow) }),
    isSafeToMirror: file.safe_to_mirror,
    keep: file.keep,
  };
}

function toArms(file: RouteFile['to']): ArmConfig[] {
  if (!Array.isArray(file)) {
    const target = toTarget(file);
    return [{ name: targetText(target), weight: 1, target }];
  }
  return file.map(({ name, weight, target }) => ({ name, weight, target: toTarget(target) }));
}

function toTarget(file: TargetFile): ArmTarget {
  return typeof file === 'string' ? readTarget(file) : { kind: 'agent', url: file.url };
}

function toSticky(file: string): StickyKey {
  if (file === 'session' || file === 'user') return { by: file };
  return { by: 'header', header: file.slice('header:'.length).toLowerCase() };
}

export function toLimits(file: RouteFile['limits']): RouteLimits {
  return {
    firstTokenMs: toMilliseconds(file?.first_token ?? GATEWAY_DEFAULTS.firstToken),
    idleMs: toMilliseconds(file?.idle ?? GATEWAY_DEFAULTS.idle),
    wholeMs: toMilliseconds(file?.whole ?? GATEWAY_DEFAULTS.whole),
    pauseMs: toMilliseconds(file?.pause ?? GATEWAY_DEFAULTS.pause),
    queueMs: toMilliseconds(file?.queue ?? GATEWAY_DEFAULTS.queueFor),
  };
}

function toShadow(file: ShadowFile): ShadowConfig {
  return {
    to: toTarget(file.to),
    share: file.share,
    maxPairs: file.max_pairs,
    workers: file.workers,
    queue: file.queue,
    ...defined({
      suite: file.suite,
      maxCostUsd: file.max_cost_usd,
      maxMs: file.for === undefined ? undefined : toMilliseconds(file.for),
    }),
  };
}
