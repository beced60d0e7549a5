import { UserError } from '../errors.ts';
import { createPatternMatcher } from '../evaluators/patterns/patternMatcher.ts';
import { createEvaluators } from '../evaluators/registry.ts';
import { asksJudge } from '../evaluators/specs/asksJudge.ts';
import { resolveInside } from '../files/confine.ts';
import { readText } from '../files/readText.ts';
import { Redactor } from '../http/redactor.ts';
import type { Clock, Environment, Log, Random } from '../ports.ts';
import { configuredSecrets } from '../runs/preparation/configuredSecrets.ts';
import { EngineModels } from '../runs/preparation/engineModels.ts';
import type { Owner } from '../store/lease.ts';
import { storePath } from '../store/storeFile.ts';
import { PoolLedger } from '../store/tables/poolLedger.ts';
import type { Workspace } from '../suites/loadWorkspace.ts';
import { type MonitorConfig, monitorPool, monitorPools } from '../suites/monitoring/monitorConfig.ts';
import { unpricedText } from '../suites/monitoring/unpricedJudges.ts';
import { LiveMonitor } from './liveMonitor.ts';

export interface OpenMonitorPorts {
  clock: Clock;
  random: Random;
  environment: Environment;
  log: Log;
  owner: Owner;
}

/** The monitors of a workspace, ready to evaluate. */
export interface OpenMonitors {
  monitors: readonly LiveMonitor[];
  /** What keeps one of its judges from being asked, such as a key that is missing; null where nothing does. */
  problem: string | null;
  /** Takes the keys of the configuration out of what is evaluated. */
  clean<T>(value: T): T;
  /** Idempotent. */
  close(): Promise<void>;
}

/** Limit for a pattern that linear time cannot run, in milliseconds. */
const PATTERN_LIMIT_MS = 1_000;

/** Judges ask through guards of their own: nobody else waits for them. Throws UserErrors for what cannot be created. */
export async function openMonitors(
  workspace: Workspace,
  ports: OpenMonitorPorts,
  signal: AbortSignal,
): Promise<OpenMonitors> {
  const { monitors: configs = [], providers, bulkheads = {} } = workspace.config;
  const redactor = new Redactor(configuredSecrets(providers, [], ports.environment));
  const engine = new EngineModels(ports);
  let ledger: PoolLedger | undefined;
  engine.guards.pools.configure({ ...bulkheads, ...monitorPools(configs) }, () => {
    ledger = PoolLedger.open(storePath(workspace.root), ports.owner);
    return ledger;
  });
  const models = engine.open(providers, redactor, undefined);
  const patterns = createPatternMatcher({ timeoutMs: PATTERN_LIMIT_MS });

  const close = async (): Promise<void> => {
    models.close();
    ledger?.close();
    await patterns.close();
  };
  const open = (config: MonitorConfig): LiveMonitor => {
    const specs = config.evaluators.map((spec) =>
      asksJudge(spec) ? { ...spec, bulkhead: monitorPool(config.name) } : spec,
    );
    const evaluators = createEvaluators(specs, {
      ...{ models, embeddings: models, patterns, random: ports.random, scripts: undefined },
      ...{ judgeModel: config.judgeModel, embeddingsModel: config.embeddingsModel },
      readFile: (file) =>
        readText(resolveInside(workspace.root, file, { path: workspace.configPath ?? '.' })),
    });
    return new LiveMonitor(config, evaluators, {
      clock: ports.clock,
      log: ports.log,
      redact: redactor.text,
    });
  };

  try {
    const monitors = configs.map(open);
    const problem = (await missingKey(models, signal)) ?? unpriced(configs, providers);
    return { monitors, problem, clean: (value) => redactor.value(value), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function unpriced(
  configs: readonly MonitorConfig[],
  providers: Workspace['config']['providers'],
): string | null {
  const texts = configs.flatMap((config) => unpricedText(config, providers) ?? []);
  return texts[0] ?? null;
}

async function missingKey(
  models: { ready(signal: AbortSignal): Promise<void> },
  signal: AbortSignal,
): Promise<string | null> {
  try {
    await models.ready(signal);
    return null;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}
