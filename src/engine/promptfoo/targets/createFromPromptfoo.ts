import type { JsonObject } from '../../model/json.ts';
import type { TargetConfig } from '../../suites/targetConfig.ts';
import type { Target } from '../../targets/target.ts';
import type { TargetPorts } from '../../targets/targetPorts.ts';
import type { PromptfooProgram, PromptfooProvider } from '../plan.ts';
import { type PromptProgram, promptProgram } from '../prompts/promptProgram.ts';
import { shortLabel } from '../prompts/promptTemplates.ts';
import { execCaller } from './execCaller.ts';
import { httpCaller } from './httpCaller.ts';
import { modelCaller } from './modelCaller.ts';
import { programCaller } from './programCaller.ts';
import { createPromptfooTarget, type PromptfooCaller } from './promptfooTarget.ts';
import { echoCaller, unsupportedCaller } from './simpleCallers.ts';

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
