import type { JsonObject } from '../model/json.ts';
import type { PromptfooProgram, PromptfooProvider } from '../suites/promptfoo/plan.ts';
import { shortLabel } from '../suites/promptfoo/promptTemplates.ts';
import type { TargetConfig } from '../suites/targetConfig.ts';
import { execCaller } from '../targets/promptfoo/execCaller.ts';
import { httpCaller } from '../targets/promptfoo/httpCaller.ts';
import { modelCaller } from '../targets/promptfoo/modelCaller.ts';
import { programCaller } from '../targets/promptfoo/programCaller.ts';
import { createPromptfooTarget, type PromptfooCaller } from '../targets/promptfoo/promptfooTarget.ts';
import { type PromptProgram, promptProgram } from '../targets/promptfoo/promptProgram.ts';
import { echoCaller, unsupportedCaller } from '../targets/promptfoo/simpleCallers.ts';
import type { Target } from '../targets/target.ts';
import type { TargetPorts } from './preparation/targetPorts.ts';

type PromptfooTargetConfig = Extract<TargetConfig, { kind: 'promptfoo' }>;

/** A prompt with a provider of a promptfoo configuration. Throws ConfigError. */
export function createFromPromptfoo(config: PromptfooTargetConfig, ports: TargetPorts): Target {
  const { template, provider, name } = config;
  return createPromptfooTarget(
    {
      name,
      prompt: { ...template, shown: shortLabel(template) },
      caller: callerOf({ ...config, owner: `The target "${name}"` }, ports),
      provider: toldProvider(provider),
      delayMs: provider.delayMs,
      ...(template.program ? { program: programOf(template.program, config, ports) } : {}),
      ...(provider.transform === undefined ? {} : { transform: provider.transform }),
      ...(provider.tools === undefined ? {} : { tools: provider.tools }),
      ...(provider.functions === undefined ? {} : { functions: provider.functions }),
    },
    { clock: ports.clock, runScript: ports.runScript },
  );
}

/** What scripts are told of a provider. */
function toldProvider(provider: PromptfooProvider): JsonObject {
  return { ...identityOf(provider), ...(provider.config === undefined ? {} : { config: provider.config }) };
}

function identityOf({ id, label }: PromptfooProvider): JsonObject {
  return label === undefined ? { id } : { id, label };
}

function programOf(
  program: PromptfooProgram,
  { name, provider, template }: PromptfooTargetConfig,
  ports: TargetPorts,
): PromptProgram {
  return promptProgram(program, ports, {
    owner: `The prompt of the target "${name}"`,
    where: template.location,
    provider: identityOf(provider),
  });
}

/** What calls a provider. `owner` begins the messages about it, e.g. `The target "mini"`. Throws ConfigError. */
export function callerOf(
  {
    name,
    owner,
    provider,
    location,
  }: Pick<PromptfooTargetConfig, 'name' | 'provider' | 'location'> & { owner: string },
  ports: TargetPorts,
): PromptfooCaller {
  const { call } = provider;
  switch (call.kind) {
    case 'echo':
      return echoCaller(name);
    case 'model':
      return modelCaller({
        ...call,
        client: ports.models.client(ports.model ?? call.model),
        clock: ports.clock,
      });
    case 'http':
      return httpCaller({ ...call, owner, where: location }, { ...ports, runScript: ports.runScript });
    case 'exec':
      return execCaller({ ...call, name, owner, where: location }, ports);
    case 'program':
      return programCaller({ ...call, name, owner, where: location }, ports);
    case 'unsupported':
      return unsupportedCaller(name, call.reason);
  }
}
