import type { Pointer } from '../../files/formats/document.ts';
import type { EvaluatorSpec } from '../../model/evaluation.ts';
import { type ConfigReader, reportAt, reportKey } from '../config/configReader.ts';
import { toMilliseconds } from '../config/duration.ts';
import { reportUnknownName } from '../config/unknownName.ts';
import type { GatewayConfig, RouteConfig } from '../gateway/gatewayConfig.ts';
import { checkLiveSuite } from '../monitoring/liveSuite.ts';
import type { DeploymentConfig } from './deploymentConfig.ts';
import { DEPLOYMENT_DEFAULTS, type DeploymentFile } from './deploymentFile.ts';
import { checkQueries } from './queryProblems.ts';
import { checkVersions } from './versionProblems.ts';

/** What deployments may name. */
export interface DeploymentNames {
  gateway: GatewayConfig | undefined;
  /** All that the file names, also those that cannot be used. */
  routes: readonly string[];
  /** With their evaluators; undefined for one that cannot be used. */
  suites: ReadonlyMap<string, readonly EvaluatorSpec[] | undefined>;
}

/** Reports what is wrong with one deployment beside its form. */
export function checkDeployment(
  reader: ConfigReader,
  file: DeploymentFile,
  at: Pointer,
  known: DeploymentNames,
): void {
  checkRouter(reader, file, at);
  if (file.route !== undefined) checkRoute(reader, file.route, [...at, 'route'], known);
  checkSuite(reader, file, at, known);
  checkVersions(reader, file, at);
  checkSteps(reader, file, at);
  checkTimes(reader, file, at);
  checkShadow(reader, file, at, known);
  checkQueries(reader, file, at);
}

/** Two that steer the same traffic would undo what the other does. */
export function checkSharing(reader: ConfigReader, deployments: readonly DeploymentConfig[]): void {
  const first = new Map<string, string>();
  for (const { name, router } of deployments) {
    const isLocal = router.kind === 'local';
    const steered = isLocal
      ? `the route "${router.route}"`
      : `the HTTPRoute ${router.namespace}/${router.httpRoute}`;
    const key = isLocal ? steered : `${router.context ?? ''} ${steered}`;
    const earlier = first.get(key);
    if (earlier === undefined) {
      first.set(key, name);
      continue;
    }

    const place = isLocal ? ['route'] : ['kubernetes', 'http_route'];
    reportAt(reader, ['deployments', name, ...place], {
      code: 'contradiction',
      message: `${steered} is steered by the deployment "${earlier}" already`,
      remedy: 'Keep one of them: a deployment can bring forward any number of versions, one after another.',
      related: [{ message: 'the other deployment', pointer: ['deployments', earlier] }],
    });
  }
}

function checkRouter(reader: ConfigReader, { route, kubernetes }: DeploymentFile, at: Pointer): void {
  if (route === undefined && kubernetes === undefined)
    reportKey(reader, at, {
      code: 'missing-key',
      message: 'it is not said whose traffic is moved',
      remedy: 'Add "route", the name of a route of the gateway, or "kubernetes".',
    });
  if (route !== undefined && kubernetes !== undefined)
    reportKey(reader, [...at, 'kubernetes'], {
      code: 'contradiction',
      message: '"route" and "kubernetes" cannot be used together: one of them moves the traffic',
      remedy: 'Remove one of them, or write two deployments.',
      related: [{ message: 'route is set here', pointer: [...at, 'route'] }],
    });
}

function checkRoute(
  reader: ConfigReader,
  name: string,
  at: Pointer,
  { gateway, routes }: DeploymentNames,
): void {
  const route = gateway?.routes.find((one) => one.name === name);
  if (route) {
    checkArms(reader, route, at);
    return;
  }
  // One that cannot be used has been reported there.
  if (routes.includes(name)) return;

  reportUnknownName(reader, at, {
    ...{ what: 'route', name, names: routes },
    remedy: 'Add it under gateway.routes.',
  });
}

function checkArms(reader: ConfigReader, { name, arms }: RouteConfig, at: Pointer): void {
  const serving = arms.filter(({ weight }) => weight > 0);
  if (serving.length === 1) return;
  reportAt(reader, at, {
    code: 'contradiction',
    message:
      serving.length === 0
        ? `the route "${name}" answers no request, so there is no traffic to move`
        : `the route "${name}" shares its traffic among ${serving.length} targets, and a deployment moves it away from one`,
    remedy: 'Leave one target in "to" of the route; the deployment adds the other one itself.',
    related: [{ message: 'its targets', pointer: ['gateway', 'routes', name, 'to'] }],
  });
}

function checkSuite(
  reader: ConfigReader,
  { suite, evidence }: DeploymentFile,
  at: Pointer,
  { suites }: DeploymentNames,
): void {
  if (suite !== undefined) {
    checkLiveSuite(reader, suite, [...at, 'suite'], { suites, hasCases: evidence.golden_cases });
    return;
  }
  if (evidence.golden_cases)
    reportAt(reader, [...at, 'evidence', 'golden_cases'], {
      code: 'contradiction',
      message: 'golden_cases needs a suite, whose cases are asked',
      remedy: 'Add "suite" to the deployment, or remove golden_cases.',
    });
}

function checkSteps(reader: ConfigReader, { steps }: DeploymentFile, at: Pointer): void {
  const weights = steps.map((step) => (typeof step === 'number' ? step : step.weight));
  const placeOf = (index: number) => {
    const place = [...at, 'steps', index];
    return typeof steps[index] === 'number' ? place : [...place, 'weight'];
  };

  const falling = weights.findIndex((weight, index) => weight <= (weights[index - 1] ?? 0));
  if (falling >= 0)
    reportAt(reader, placeOf(falling), {
      code: 'invalid-value',
      message: `a step of ${weights[falling]} % follows one of ${weights[falling - 1]} %; each step must be larger than the one before`,
      remedy: `Order them, for example steps: [${DEPLOYMENT_DEFAULTS.steps.join(', ')}].`,
    });

  const last = weights.at(-1);
  if (falling < 0 && last !== 100)
    reportAt(reader, placeOf(weights.length - 1), {
      code: 'invalid-value',
      message: `the last step is ${last} %, so the deployment would never be complete`,
      remedy: 'Add 100 as the last step.',
    });
}

/** Longer ones are a slip. */
const LONGEST_MS = 30 * 86_400_000;

function checkTimes(reader: ConfigReader, file: DeploymentFile, at: Pointer): void {
  const holds = file.steps.map((step, index): [Pointer, string | 0 | undefined] => [
    [...at, 'steps', index, 'hold'],
    typeof step === 'number' ? undefined : step.hold,
  ]);
  const positive: [Pointer, string | 0 | undefined][] = [
    [[...at, 'hold'], file.hold],
    [[...at, 'early_pass'], file.early_pass],
    [[...at, 'ready_within'], file.ready_within],
    ...holds,
  ];
  const any: [Pointer, string | 0 | undefined][] = [
    [[...at, 'keep'], file.keep],
    [[...at, 'drain'], file.drain],
  ];

  for (const [place, written] of positive) checkTime(reader, place, written, 1);
  for (const [place, written] of any) checkTime(reader, place, written, 0);
  warnOfLateEnd(reader, file, at);
}

function checkTime(reader: ConfigReader, at: Pointer, written: string | 0 | undefined, minMs: number): void {
  if (written === undefined) return;
  const ms = toMilliseconds(written);
  if (ms >= minMs && ms <= LONGEST_MS) return;
  reportAt(reader, at, {
    code: 'invalid-value',
    message: `${String(at.at(-1))} is ${written}; expected a time ${minMs > 0 ? 'above 0 and ' : ''}up to 30d`,
  });
}

function warnOfLateEnd(
  reader: ConfigReader,
  { early_pass: early, hold, steps }: DeploymentFile,
  at: Pointer,
): void {
  if (early === undefined) return;
  const holds = steps.map((step, index) => {
    const usual = index === 0 ? DEPLOYMENT_DEFAULTS.firstHold : DEPLOYMENT_DEFAULTS.hold;
    return toMilliseconds((typeof step === 'number' ? undefined : step.hold) ?? hold ?? usual);
  });
  if (holds.some((ms) => toMilliseconds(early) < ms)) return;
  reportAt(reader, [...at, 'early_pass'], {
    severity: 'warning',
    code: 'no-effect',
    message: `early_pass (${early}) has no effect, because no step lasts longer`,
    remedy: 'Lower early_pass, or remove it.',
  });
}

function checkShadow(
  reader: ConfigReader,
  { route: name, evidence }: DeploymentFile,
  at: Pointer,
  { gateway }: DeploymentNames,
): void {
  if (!evidence.shadow_pairs) return;
  const route = gateway?.routes.find((one) => one.name === name);
  if (route?.shadow || (name !== undefined && !route)) return;
  reportAt(reader, [...at, 'evidence', 'shadow_pairs'], {
    code: 'contradiction',
    message:
      name === undefined
        ? 'shadow_pairs needs a route of the gateway, and this deployment moves traffic in a cluster'
        : `shadow_pairs needs a shadow, and the route "${name}" has none`,
    remedy: name === undefined ? 'Remove it.' : 'Add "shadow" to the route, or remove shadow_pairs.',
  });
}
