import { priceOfModel } from '../../models/prices/modelPrice.ts';
import type { SuiteConfig } from '../../suites/config/suiteConfig.ts';
import { describeTarget } from '../../suites/targets/describeTarget.ts';
import type { TargetConfig } from '../../suites/targets/targetConfig.ts';
import { isRecordedWhole } from '../../targets/capabilities.ts';
import { createCommandTarget } from '../../targets/command/commandTarget.ts';
import { fallbackTarget } from '../../targets/fallbackTarget.ts';
import { createHttpTarget } from '../../targets/http/httpTarget.ts';
import { pricedTarget } from '../../targets/pricedTarget.ts';
import { recordingTarget, replayedTarget } from '../../targets/replay/recordingTarget.ts';
import { createReplayTarget } from '../../targets/replay/replayTarget.ts';
import { redactedTarget } from '../../targets/secrets/redactedTarget.ts';
import { secretValue } from '../../targets/secrets/secretValue.ts';
import type { Target } from '../../targets/target.ts';
import type { TargetPorts } from '../../targets/targetPorts.ts';
import type { PlannedTarget } from '../execution/runInputs.ts';
import { askedTarget } from './askedTarget.ts';
import { createEchoPromptTarget, createModelTarget } from './promptTargets.ts';
import { keylessEnvironment } from './recordedRun.ts';

/** The target that a suite names, with its limits. Throws ConfigError or PromptError. */
export function createTarget(config: TargetConfig, suite: SuiteConfig, ports: TargetPorts): PlannedTarget {
  return {
    target: pooled(
      withFallbacks(priced(redactedTarget(recorded(config, ports), ports.redactor), ports), ports),
      config.bulkhead,
    ),
    timeoutMs: config.timeoutMs ?? suite.timeoutMs,
    concurrency: Math.min(config.maxConcurrency ?? suite.maxConcurrency, suite.maxConcurrency),
  };
}

/** Its calls belong to the bulkhead that it names. */
function pooled(target: Target, pool: string | undefined): Target {
  if (pool === undefined) return target;
  return { ...target, call: (request, context) => target.call(request, { ...context, pool }) };
}

/** Prompts have those of their model already. */
function withFallbacks(target: Target, { fallbacks, clock }: TargetPorts): Target {
  const own = target.capabilities.agent ? fallbacks?.ofAgent(target.name) : undefined;
  return own ? fallbackTarget(target, own, clock) : target;
}

/** Prompts have the price of their model already. */
function priced(target: Target, { providers }: TargetPorts): Target {
  if (!target.capabilities.agent) return target;
  return pricedTarget(target, (model) => priceOfModel(model, providers));
}

/** What is replayed is never called, so it needs neither keys nor trust. */
function recorded(config: TargetConfig, ports: TargetPorts): Target {
  const { recordings } = ports;
  const { capabilities } = describeTarget(config);
  if (!recordings || !isRecordedWhole(capabilities)) return asked(config, ports);
  if (recordings.mode === 'record') return recordingTarget(asked(config, ports), recordings);

  const environment = keylessEnvironment(ports.environment);
  const trust = { commands: true, scripts: true };
  return replayedTarget(build(config, { ...ports, environment, trust }), recordings);
}

function asked(config: TargetConfig, ports: TargetPorts): Target {
  const { environment, secrets, redactor } = ports;
  if (!secrets) return build(config, ports);
  const { name, location } = config;
  return askedTarget({
    config: { name, location, secrets: describeTarget(config).capabilities.secrets },
    environment,
    secrets,
    build: (given) => build(config, { ...ports, environment: given }),
    onSecret: (name, value) => redactor.learn(secretValue(name, value)),
  });
}

/** The target itself, which knows more than its configuration: the model that its prompt file names, the tools there. */
function build(config: TargetConfig, ports: TargetPorts): Target {
  const target = create(config, ports);
  const { promptFile, secrets } = describeTarget(config).capabilities;
  return { ...target, capabilities: { ...target.capabilities, promptFile, secrets } };
}

function create(config: TargetConfig, ports: TargetPorts): Target {
  const redact = ports.redactor.text;
  switch (config.kind) {
    case 'prompt':
      return createModelTarget(config, ports);
    case 'echo':
      return createEchoPromptTarget(config, ports);
    case 'http':
      return createHttpTarget({ ...config, where: config.location }, { ...ports, redact });
    case 'command': {
      const { cwd, location: where } = config;
      return createCommandTarget(
        { ...config, cwd: cwd.absolute, root: ports.root, where },
        { ...ports, redact },
      );
    }
    case 'replay':
      return createReplayTarget({ name: config.name, ...config.replay });
    case 'foreign':
      return config.create(ports);
  }
}
