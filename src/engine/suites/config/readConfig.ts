import { defined } from '../../model/defined.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { ProviderConfig } from '../../models/modelProvider.ts';
import type { Environment } from '../../ports.ts';
import { readAlerts } from '../alerting/readAlerts.ts';
import { readDeployments } from '../deploying/readDeployments.ts';
import { readGateway } from '../gateway/readGateway.ts';
import { readMonitor } from '../monitoring/readMonitor.ts';
import { checkStream, toSubscribers } from '../monitoring/streamConfig.ts';
import { warnOfUnpriced } from '../monitoring/unpricedJudges.ts';
import { BUILT_IN_PROVIDER, builtInProvider } from './builtInProvider.ts';
import { poolNames, toPools } from './bulkheadConfig.ts';
import { cachesFile, toCaches } from './cacheConfig.ts';
import { checkCallPolicies } from './callPolicies.ts';
import { type ConfigReader, reportAt, startOf } from './configReader.ts';
import { checkEnvironmentUse } from './environmentRules.ts';
import { toFallbacks } from './fallbackConfig.ts';
import { checkMetrics, toMetrics } from './metricsConfig.ts';
import { toProvider } from './providerConfig.ts';
import { readSuite } from './readSuite.ts';
import { checkSchema } from './schemaProblems.ts';
import { checkForward } from './tracesConfig.ts';
import { warnAbout } from './warnings.ts';
import { type WorkspaceConfig, workspaceFile } from './workspaceConfig.ts';

/**
 * Checks a parsed configuration file and everything that it refers to. All problems are reported, also
 * those behind a part that cannot be used. Undefined when there is an error.
 */
export function readConfig(reader: ConfigReader, environment: Environment): WorkspaceConfig | undefined {
  const { value } = reader.document;
  if (!isJsonObject(value) || Object.keys(value).length === 0) return reportNothing(reader, value);

  const file = checkSchema(reader, workspaceFile, value, []);
  checkEnvironmentUse(reader);

  const known = {
    providers: providerNamesIn(value['providers']),
    pools: poolNames(Object.keys(mapIn(value['bulkheads']))),
  };
  const suiteNames = Object.keys(mapIn(value['suites']));
  const suites = Object.entries(mapIn(value['suites'])).map(([name, suite]) =>
    readSuite(reader, name, suite, known),
  );
  const monitors = Object.entries(mapIn(value['monitors'])).flatMap(
    ([name, monitor]) => readMonitor(reader, name, monitor, known) ?? [],
  );
  const alerts = readAlerts(reader, value);
  if (file?.stream) checkStream(reader, file.stream);
  if (file?.traces) checkForward(reader, file.traces);
  if (file?.metrics) checkMetrics(reader, file.metrics);
  const evaluators = new Map(suiteNames.map((name, index) => [name, suites[index]?.evaluators]));
  const gateway = readGateway(reader, value, {
    ...known,
    suites: evaluators,
    hasExactCache: cachesFile.safeParse(value['caches'] ?? {}).data?.exact !== undefined,
  });
  const deployments = readDeployments(reader, value, {
    gateway,
    routes: Object.keys(mapIn(mapIn(value['gateway'])['routes'])),
    suites: evaluators,
  });
  if (['suites', 'monitors', 'alerts', 'gateway', 'deployments'].every((key) => value[key] === undefined))
    warnOfNoSuites(reader);
  const usable = suites.filter((suite) => suite !== undefined);
  for (const suite of usable) warnAbout(reader, suite);
  checkCallPolicies(reader, value, { suites, monitors, gateway, providers: known.providers });
  if (!file || reader.problems.some((problem) => problem.severity === 'error')) return undefined;

  const providers: Record<string, ProviderConfig> = { [BUILT_IN_PROVIDER]: builtInProvider(environment) };
  for (const [name, provider] of Object.entries(file.providers ?? {})) {
    providers[name] = toProvider(provider, startOf(reader.document.locateKey(['providers', name])));
  }

  for (const monitor of monitors) warnOfUnpriced(reader, monitor, providers);
  return {
    providers,
    suites: usable,
    ...defined({
      bulkheads: file.bulkheads === undefined ? undefined : toPools(file.bulkheads),
      caches: file.caches === undefined ? undefined : toCaches(file.caches),
      fallbacks: file.fallbacks === undefined ? undefined : toFallbacks(file.fallbacks),
      monitors: file.monitors === undefined ? undefined : monitors,
      stream: file.stream === undefined ? undefined : toSubscribers(file.stream),
      metrics: file.metrics === undefined ? undefined : toMetrics(file.metrics),
      alerts,
      gateway,
      deployments,
    }),
  };
}

function mapIn(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function providerNamesIn(providers: JsonValue | undefined): string[] {
  const names = Object.keys(mapIn(providers));
  return names.includes(BUILT_IN_PROVIDER) ? names : [...names, BUILT_IN_PROVIDER];
}

function warnOfNoSuites(reader: ConfigReader): void {
  reportAt(reader, [], {
    severity: 'warning',
    code: 'no-suites',
    message: 'the file has no suites, so there is nothing to run',
    remedy: 'Add "suites"; `touchstone init` writes an example.',
  });
}

function reportNothing(reader: ConfigReader, value: JsonValue): undefined {
  const empty = value === null || isJsonObject(value);
  reportAt(reader, [], {
    code: 'no-suites',
    message: empty ? 'the file is empty' : 'the file is not a map of keys',
    remedy: 'It needs "suites"; `touchstone init` writes an example.',
  });
  return undefined;
}
