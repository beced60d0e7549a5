import { priceOfModel } from '../../models/prices/modelPrice.ts';
import { createFromPromptfoo } from '../../promptfoo/targets/createFromPromptfoo.ts';
import type { SuiteConfig } from '../../suites/suiteConfig.ts';
import type { TargetConfig } from '../../suites/targetConfig.ts';
import { createCommandTarget } from '../../targets/commandTarget.ts';
import { createHttpTarget } from '../../targets/httpTarget.ts';
import { pricedTarget } from '../../targets/pricedTarget.ts';
import { recordingTarget, replayedTarget } from '../../targets/recordingTarget.ts';
import { redactedTarget } from '../../targets/redactedTarget.ts';
import { createReplayTarget } from '../../targets/replayTarget.ts';
import type { Target } from '../../targets/target.ts';
import type { TargetPorts } from '../../targets/targetPorts.ts';
import type { PlannedTarget } from '../execution/runInputs.ts';
import { askedTarget } from './askedTarget.ts';
import { secretValue } from './configuredSecrets.ts';
import { createEchoPromptTarget, createModelTarget } from './promptTargets.ts';
import { keylessEnvironment } from './recordedRun.ts';

/** The target that a suite names, with its limits. Throws ConfigError or PromptError. */
export function createTarget(config: TargetConfig, suite: SuiteConfig, ports: TargetPorts): PlannedTarget {
  return {
    target: priced(redactedTarget(recorded(config, ports), ports.redactor), ports),
    timeoutMs: config.timeoutMs ?? suite.timeoutMs,
    concurrency: Math.min(config.maxConcurrency ?? suite.maxConcurrency, suite.maxConcurrency),
    ...(config.kind === 'promptfoo' && config.template.conversation ? { inConversation: true } : {}),
  };
}

/** Prompts have the price of their model already. */
function priced(target: Target, { providers }: TargetPorts): Target {
  if (target.kind !== 'http' && target.kind !== 'command') return target;
  return pricedTarget(target, (model) => priceOfModel(model, providers));
}

/** An agent that is replayed is never called, so it needs neither keys nor trust. */
function recorded(config: TargetConfig, ports: TargetPorts): Target {
  const { recordings } = ports;
  if (!recordings || config.kind === 'prompt' || config.kind === 'echo') return asked(config, ports);
  const replays = recordings.mode === 'replay';
  const harmless = {
    environment: keylessEnvironment(ports.environment),
    trust: { ...ports.trust, commands: true },
  };
  const target = replays ? build(config, { ...ports, ...harmless }) : asked(config, ports);
  if (target.kind !== 'http' && target.kind !== 'command') return target;
  return replays ? replayedTarget(target, recordings) : recordingTarget(target, recordings);
}

function asked(config: TargetConfig, ports: TargetPorts): Target {
  const { environment, secrets, redactor } = ports;
  if (!secrets) return build(config, ports);
  return askedTarget({
    config,
    environment,
    secrets,
    build: (given) => build(config, { ...ports, environment: given }),
    onSecret: (name, value) => redactor.learn(secretValue(name, value)),
  });
}

function build(config: TargetConfig, ports: TargetPorts): Target {
  switch (config.kind) {
    case 'prompt':
      return createModelTarget(config, ports);
    case 'echo':
      return createEchoPromptTarget(config, ports);
    case 'http':
      return createHttpTarget(
        { ...config, where: config.location },
        { ...ports, redact: ports.redactor.text },
      );
    case 'replay':
      return createReplayTarget({ name: config.name, ...config.replay });
    case 'promptfoo':
      return createFromPromptfoo(config, ports);
    case 'command':
      return createCommandTarget(
        { ...config, cwd: config.cwd.absolute, root: ports.root, where: config.location },
        { ...ports, redact: ports.redactor.text },
      );
  }
}
