import type { SuiteConfig } from '../suites/suiteConfig.ts';
import type { TargetConfig } from '../suites/targetConfig.ts';
import { createCommandTarget } from '../targets/commandTarget.ts';
import { createHttpTarget } from '../targets/httpTarget.ts';
import type { Target } from '../targets/target.ts';
import { createEchoPromptTarget, createModelTarget } from './promptTargets.ts';
import type { PlannedTarget } from './runInputs.ts';
import type { TargetPorts } from './targetPorts.ts';

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
