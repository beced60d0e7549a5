import type { Pointer } from '../../files/formats/document.ts';
import { defined } from '../../model/defined.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import { type ConfigReader, placeOf, startOf } from '../config/configReader.ts';
import { toMilliseconds } from '../config/duration.ts';
import type {
  DeploymentConfig,
  EvidenceConfig,
  RolloutPolicy,
  RouterConfig,
  StepConfig,
  VersionTarget,
} from './deploymentConfig.ts';
import {
  DEPLOYMENT_DEFAULTS,
  type DeploymentFile,
  deploymentFile,
  type VersionFile,
} from './deploymentFile.ts';
import { checkDeployment, checkSharing, type DeploymentNames } from './deploymentProblems.ts';

/**
 * `deployments` of a file whose form has been checked; what only its sense and its surroundings show is reported. One of a wrong form
 * is left out. Undefined where the file has none.
 */
export function readDeployments(
  reader: ConfigReader,
  file: JsonObject,
  known: DeploymentNames,
): DeploymentConfig[] | undefined {
  const section = file['deployments'];
  if (!isJsonObject(section)) return undefined;

  const deployments = Object.entries(section).flatMap(([name, value]) => {
    const { data } = deploymentFile.safeParse(value);
    if (!data) return [];

    const at: Pointer = ['deployments', name];
    const router = toRouter(data);
    checkDeployment(reader, data, at, known);
    return router ? [toDeployment(reader, { name, file: data, at, router })] : [];
  });
  checkSharing(reader, deployments);
  return deployments;
}

/** Undefined where it names none, or two; that is reported. */
function toRouter({ route, kubernetes }: DeploymentFile): RouterConfig | undefined {
  if ((route === undefined) === (kubernetes === undefined)) return undefined;
  if (route !== undefined) return { kind: 'local', route };
  if (kubernetes === undefined) return undefined;

  const { http_route: httpRoute, context, container, ...others } = kubernetes;
  return { kind: 'kubernetes', ...others, httpRoute, ...defined({ context, container }) };
}

function toDeployment(
  reader: ConfigReader,
  { name, file, at, router }: { name: string; file: DeploymentFile; at: Pointer; router: RouterConfig },
): DeploymentConfig {
  return {
    name,
    location: startOf(reader.document.locateKey(at)),
    router,
    versions: Object.entries(file.versions).map(([version, what]) => ({
      name: version,
      location: startOf(reader.document.locateKey([...at, 'versions', version])),
      what: toVersion(what),
    })),
    ...defined({ suite: file.suite }),
    policy: toPolicy(file),
    evidence: toEvidence(reader, file.evidence, [...at, 'evidence']),
  };
}

function toVersion(file: VersionFile): VersionTarget {
  if ('url' in file) return { kind: 'url', url: file.url, ...defined({ readyPath: file.ready }) };
  if ('image' in file) return { kind: 'image', image: file.image, environment: file.environment };
  const { command, port_variable: portVariable, ready: readyPath, environment } = file;
  return { kind: 'program', command, portVariable, readyPath, environment };
}

function toPolicy(file: DeploymentFile): RolloutPolicy {
  return {
    steps: file.steps.map((step, index) => toStep(file, step, index)),
    undecided: file.undecided,
    maxExtensions: file.max_extensions,
    ...defined({
      earlyPassMs: file.early_pass === undefined ? undefined : toMilliseconds(file.early_pass),
    }),
    readyMs: toMilliseconds(file.ready_within),
    keepMs: toMilliseconds(file.keep),
    drainMs: toMilliseconds(file.drain),
    confirm: file.confirm,
  };
}

/** What a step does not say itself is said of all, or else the default. */
function toStep(file: DeploymentFile, written: DeploymentFile['steps'][number], index: number): StepConfig {
  const step = typeof written === 'number' ? { weight: written } : written;
  const usual = index === 0 ? DEPLOYMENT_DEFAULTS.firstHold : DEPLOYMENT_DEFAULTS.hold;
  return {
    weight: step.weight,
    holdMs: toMilliseconds(step.hold ?? file.hold ?? usual),
    minSamples: step.min_samples ?? file.min_samples ?? DEPLOYMENT_DEFAULTS.minSamples,
  };
}

function toEvidence(reader: ConfigReader, file: DeploymentFile['evidence'], at: Pointer): EvidenceConfig {
  return {
    share: file.share,
    maxErrorIncrease: file.max_error_increase,
    goldenCases: file.golden_cases,
    shadowPairs: file.shadow_pairs,
    prometheus: file.prometheus.map(({ name, url, query, min, max }, index) => ({
      ...{ name, url, query, ...defined({ min, max }) },
      location: placeOf(reader, [...at, 'prometheus', index]),
    })),
    ...defined({ maxCostUsd: file.max_cost_usd, maxLatencyIncrease: file.max_latency_increase }),
  };
}
