import { namedPools } from '../../evaluators/specs/namedPools.ts';
import { defined } from '../../model/defined.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { GatewayConfig } from '../gateway/gatewayConfig.ts';
import type { MonitorConfig } from '../monitoring/monitorConfig.ts';
import { bulkheadsFile, checkBulkheads } from './bulkheadConfig.ts';
import { cachesFile } from './cacheConfig.ts';
import type { ConfigReader } from './configReader.ts';
import { fallbacksFile } from './fallbackConfig.ts';
import { checkFallbacks } from './fallbackProblems.ts';
import { checkModelReference } from './modelReference.ts';
import { checkResilience } from './resilienceProblems.ts';
import type { SuiteConfig } from './suiteConfig.ts';

interface Surroundings {
  /** Undefined for one that cannot be used. */
  suites: readonly (SuiteConfig | undefined)[];
  monitors: readonly MonitorConfig[];
  gateway: GatewayConfig | undefined;
  providers: readonly string[];
}

/**
 * Checks how calls are protected: `providers.*.resilience`, `bulkheads`, `caches` and `fallbacks` of the file. Reports
 * what only their surroundings show; their form has been reported on already.
 */
export function checkCallPolicies(
  reader: ConfigReader,
  file: JsonObject,
  { suites, monitors, gateway, providers }: Surroundings,
): void {
  for (const [name, provider] of Object.entries(isJsonObject(file['providers']) ? file['providers'] : {})) {
    if (isJsonObject(provider)) checkResilience(reader, provider, ['providers', name]);
  }

  const caches = cachesFile.safeParse(file['caches'] ?? {});
  const { similar } = caches.data ?? {};
  if (typeof similar === 'object' && similar.embeddings !== undefined)
    checkModelReference(reader, similar.embeddings, ['caches', 'similar', 'embeddings'], providers);

  // While a suite cannot be used, what it names is unknown.
  const usable = suites.filter((suite) => suite !== undefined);
  if (usable.length < suites.length) return;

  const bulkheads = bulkheadsFile.safeParse(file['bulkheads'] ?? {});
  if (bulkheads.success) checkBulkheads(reader, bulkheads.data, poolsOf(usable, gateway));

  const fallbacks = fallbacksFile.safeParse(file['fallbacks'] ?? {});
  if (!fallbacks.success || !caches.success) return;

  const targets = new Map(
    usable.flatMap((suite) => suite.targets.map(({ name, kind }) => [name, ASKED[kind]] as const)),
  );
  checkFallbacks(reader, fallbacks.data, {
    providers,
    targets,
    asked: askedBy(usable, monitors),
    caches: caches.data,
  });
}

/** The models that the file names; undefined where a prompt file names its own, or another tool's file says. */
function askedBy(
  suites: readonly SuiteConfig[],
  monitors: readonly MonitorConfig[],
): Set<string> | undefined {
  const asked = new Set(monitors.flatMap(judgesOf));
  for (const { targets, evaluators, judgeModel, embeddingsModel, judges } of suites) {
    if (judges) return undefined;
    for (const target of targets) {
      if (target.kind !== 'prompt') continue;
      if (target.model === undefined) return undefined;
      asked.add(target.model);
    }
    for (const model of judgesOf({ evaluators, ...defined({ judgeModel, embeddingsModel }) }))
      asked.add(model);
  }
  return asked;
}

function judgesOf({
  evaluators,
  judgeModel,
  embeddingsModel,
}: Pick<MonitorConfig, 'evaluators' | 'judgeModel' | 'embeddingsModel'>): string[] {
  const models = [judgeModel, embeddingsModel, ...evaluators.map(({ options }) => options['model'])];
  return models.filter((model) => typeof model === 'string');
}

/** Whom a target asks, by its kind. */
const ASKED: { readonly [kind in SuiteConfig['targets'][number]['kind']]: 'model' | 'agent' | 'nobody' } = {
  prompt: 'model',
  http: 'agent',
  command: 'agent',
  foreign: 'agent',
  echo: 'nobody',
  replay: 'nobody',
};

/** The bulkheads that targets, judges and routes name. */
function poolsOf(suites: readonly SuiteConfig[], gateway: GatewayConfig | undefined): Set<string> {
  return new Set([
    ...(gateway?.routes ?? []).map(({ pool }) => pool),
    ...suites.flatMap(({ targets, evaluators }) => [
      ...targets.flatMap(({ bulkhead }) => bulkhead ?? []),
      ...evaluators.flatMap((spec) => namedPools(spec).map(({ pool }) => pool)),
    ]),
  ]);
}
