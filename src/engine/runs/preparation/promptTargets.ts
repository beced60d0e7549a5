import { PromptError } from '../../errors.ts';
import { readText } from '../../files/readText.ts';
import { defined } from '../../model/defined.ts';
import { contentHash } from '../../model/hash.ts';
import type { Prompt } from '../../model/prompt.ts';
import { parsePrompt } from '../../prompts/parsePrompt.ts';
import type { FileReference } from '../../suites/config/fileReference.ts';
import { promptModel } from '../../suites/targets/promptModel.ts';
import type { TargetConfig } from '../../suites/targets/targetConfig.ts';
import { createEchoTarget } from '../../targets/echoTarget.ts';
import { renderCase } from '../../targets/prompt/promptCase.ts';
import { createPromptTarget } from '../../targets/prompt/promptTarget.ts';
import type { Target } from '../../targets/target.ts';
import type { TargetPorts } from '../../targets/targetPorts.ts';

/** A prompt with its model: the run's, the target's, or the one that the prompt itself names. */
export function createModelTarget(
  config: Extract<TargetConfig, { kind: 'prompt' }>,
  ports: TargetPorts,
): Target {
  const prompt = readPrompt(config.prompt, ports);
  const reference = ports.model ?? config.model ?? promptModel(prompt, ports.providers);
  const own = ports.models.client(reference);
  const client = ports.fallbacks?.ofTarget(config.name, own, (entry) => renderCase(prompt, entry)) ?? own;

  return createPromptTarget({
    name: config.name,
    prompt,
    client,
    parameters: config.parameters,
    allow: ports.allowTokens,
    clock: ports.clock,
  });
}

/** Returns the rendered prompt, or the case's input where there is none. */
export function createEchoPromptTarget(
  config: Extract<TargetConfig, { kind: 'echo' }>,
  ports: TargetPorts,
): Target {
  if (!config.prompt) return createEchoTarget({ name: config.name });
  const prompt = readPrompt(config.prompt, ports);
  return createEchoTarget({
    name: config.name,
    render: { hash: contentHash(prompt.hash), text: (request) => textOf(prompt, request.case) },
  });
}

function readPrompt(
  reference: FileReference,
  { root, environment }: Pick<TargetPorts, 'root' | 'environment'>,
): Prompt {
  const text = readText(reference.absolute);
  const prompt = parsePrompt({ path: reference.path, text }, { root, environment });
  const missing = prompt.unresolved?.find(({ code }) => code === 'named-output-schema');
  if (!missing) return prompt;
  throw new PromptError(missing.message, {
    where: missing.location,
    ...defined({ remedy: missing.remedy }),
  });
}

/** A single message as its text; a conversation with its roles. */
function textOf(prompt: Prompt, entry: Parameters<typeof renderCase>[1]): string {
  const { messages } = renderCase(prompt, entry);
  const texts = messages.map(({ role, content }) => ({
    role,
    text: typeof content === 'string' ? content : JSON.stringify(content),
  }));
  const [only] = texts;
  return only && texts.length === 1
    ? only.text
    : texts.map(({ role, text }) => `${role}: ${text}`).join('\n\n');
}
