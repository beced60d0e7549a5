import type { JsonObject } from '../../model/json.ts';
import type { TargetCapabilities } from '../../targets/capabilities.ts';
import type { Target } from '../../targets/target.ts';
import type { TargetPorts } from '../../targets/targetPorts.ts';
import type { PromptfooPrompt } from '../prompts/promptfooPrompt.ts';
import { promptProgram } from '../prompts/promptProgram.ts';
import { shortLabel } from '../prompts/promptTemplates.ts';
import type { PromptfooProvider } from '../providers/promptfooProvider.ts';
import { execCaller } from './execCaller.ts';
import { guardedCaller } from './guardedCaller.ts';
import { httpCaller } from './httpCaller.ts';
import { modelCaller } from './modelCaller.ts';
import { programCaller } from './programCaller.ts';
import type { CallerOwner, PromptfooCaller } from './promptfooCaller.ts';
import { createPromptfooTarget, type PromptfooTargetOptions } from './promptfooTarget.ts';
import { echoCaller, unsupportedCaller } from './simpleCallers.ts';

/** A prompt with one of its providers. */
export interface PromptfooPair {
  name: string;
  prompt: PromptfooPrompt;
  provider: PromptfooProvider;
  capabilities: TargetCapabilities;
  /** Its prompts may hold what earlier cases gave. */
  readsEarlier: boolean;
}

/** A prompt with a provider of a promptfoo configuration. Throws ConfigError. */
export function createFromPromptfoo(pair: PromptfooPair, ports: TargetPorts): Target {
  const { name, prompt, provider, capabilities, readsEarlier } = pair;
  const { program } = prompt;
  const caller = callerOf(provider, { name, owner: `The target "${name}"`, where: provider.location }, ports);
  const options: PromptfooTargetOptions = {
    name,
    prompt: { ...prompt, shown: shortLabel(prompt) },
    caller,
    described: capabilities,
    readsEarlier,
    provider: toldProvider(provider),
    delayMs: provider.delayMs,
  };

  if (provider.transform !== undefined) options.transform = provider.transform;
  const { tools, functions } = provider;
  if (tools !== undefined) options.toolMetadata = { tools };
  if (functions !== undefined) options.toolMetadata = { ...options.toolMetadata, functions };

  if (program) {
    options.program = promptProgram(program, ports, {
      owner: `The prompt of the target "${name}"`,
      where: prompt.location,
      provider: identityOf(provider),
    });
  }

  return createPromptfooTarget(options, { clock: ports.clock, runScript: ports.runScript });
}

/** What scripts are told of a provider. */
function toldProvider(provider: PromptfooProvider): JsonObject {
  const identity = identityOf(provider);
  return provider.config === undefined ? identity : { ...identity, config: provider.config };
}

function identityOf({ id, label }: PromptfooProvider): JsonObject {
  return label === undefined ? { id } : { id, label };
}

/** What calls a provider. Throws ConfigError. */
export function callerOf(
  { call }: PromptfooProvider,
  owner: CallerOwner,
  ports: TargetPorts,
): PromptfooCaller {
  const { name } = owner;
  switch (call.kind) {
    case 'echo':
      return echoCaller(name);
    case 'model': {
      const own = ports.models.client(ports.model ?? call.model);
      const client = ports.fallbacks?.ofTarget(name, own) ?? own;
      return modelCaller({ ...call, name, client, allow: ports.allowTokens, clock: ports.clock });
    }
    case 'http':
      return httpCaller(call, owner, ports);
    case 'exec':
      return guardedCaller(execCaller(call, owner, ports), ports);
    case 'program':
      return guardedCaller(programCaller(call, owner, ports), ports);
    case 'unsupported':
      return unsupportedCaller(name, call.reason);
  }
}
