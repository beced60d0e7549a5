import type { ProviderConfig } from '../models/catalog.ts';
import type { ModelCatalog } from '../models/modelClient.ts';
import type { Clock, Environment, Trust } from '../ports.ts';
import type { SuiteConfig } from '../suites/suiteConfig.ts';
import type { TargetConfig } from '../suites/targetConfig.ts';
import { createCommandTarget } from '../targets/commandTarget.ts';
import { createHttpTarget } from '../targets/httpTarget.ts';
import type { Target } from '../targets/target.ts';
import { createEchoPromptTarget, createModelTarget } from './promptTargets.ts';
import type { PlannedTarget } from './runInputs.ts';

export interface TargetPorts {
  environment: Environment;
  clock: Clock;
  trust: Trust;
  models: ModelCatalog;
  providers: Readonly<Record<string, ProviderConfig>>;
  /** The model of every prompt in this run, as `provider/model`; each target's own where absent. */
  model: string | undefined;
  /** Absolute path of the workspace. */
  root: string;
}

/** The target that a suite names, with its limits. Throws ConfigError or PromptError. */
export function createTarget(config: TargetConfig, suite: SuiteConfig, ports: TargetPorts): PlannedTarget {
  return {
    target: build(config, ports),
    timeoutMs: config.timeoutMs ?? suite.timeoutMs,
    concurrency: Math.min(config.maxConcurrency ?? suite.maxConcurrency, suite.maxConcurrency),
  };
}

function build(config: TargetConfig, ports: TargetPorts): Target {
  switch (config.kind) {
    case 'prompt':
      return createModelTarget(config, ports);
    case 'echo':
      return createEchoPromptTarget(config, ports);
    case 'http':
      return createHttpTarget({ ...config, where: config.location }, ports);
    case 'command':
      return createCommandTarget({ ...config, cwd: config.cwd.absolute, where: config.location }, ports);
  }
}
