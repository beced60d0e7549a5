import { parseUntrustedJson } from '../../files/formats/untrustedJson.ts';
import { defined } from '../../model/defined.ts';
import { contentHash } from '../../model/hash.ts';
import type { JsonValue } from '../../model/json.ts';
import type { ModelParameters } from '../../model/message.ts';
import type { Output } from '../../model/output.ts';
import type { Prompt, RenderedPrompt } from '../../model/prompt.ts';
import type { ModelClient, ModelReply } from '../../models/modelClient.ts';
import type { Clock } from '../../ports.ts';
import { promptWith } from '../capabilities.ts';
import type { Target } from '../target.ts';
import { modelCall } from './modelCall.ts';
import { modelOutput } from './modelOutput.ts';
import { renderCase } from './promptCase.ts';
import type { AllowTokens } from './tokenAllowance.ts';

interface PromptTargetOptions {
  name: string;
  prompt: Prompt;
  client: ModelClient;
  /** Settings that replace the prompt's own. */
  parameters?: ModelParameters;
  /** Limits each call's output tokens, on top of the limit that the settings name. */
  allow?: AllowTokens | undefined;
  clock: Clock;
}

/** A prompt, filled in from the case and sent to a model. */
export function createPromptTarget(options: PromptTargetOptions): Target {
  const { name, prompt, client, allow, clock } = options;
  const parameters = { ...prompt.model.parameters, ...options.parameters };
  const reference = `${client.provider}/${client.model}`;
  const call = modelCall({ name, client, parameters, seeds: true, allow, clock, toOutput });

  return {
    name,
    kind: 'prompt',
    capabilities: {
      ...promptWith(reference, client.standIns),
      tools: (prompt.tools ?? []).map((tool) => tool.name),
    },
    lane: client.provider,
    hash: contentHash({
      kind: 'prompt',
      prompt: prompt.hash,
      model: reference,
      endpoint: client.endpoint ?? null,
      parameters,
      ...(allow === undefined ? {} : { tokenBudgets: 'adaptive' }),
    }),
    asks: {
      maxTokens: parameters.maxTokens,
      request: (entry) => renderCase(prompt, entry),
    },
    call: async (request, context) => call(renderCase(prompt, request.case), request, context),
    close: async () => {},
  };
}

function toOutput(reply: ModelReply, rendered: RenderedPrompt): Output {
  const json = reply.status === 'complete' ? jsonOf(reply.text, rendered) : undefined;
  return modelOutput(reply, { text: reply.text, ...defined({ json }) });
}

/** A text that is not the JSON it should be stays a text: saying so is the evaluators' part. */
function jsonOf(text: string, { responseFormat }: RenderedPrompt): JsonValue | undefined {
  if (responseFormat === undefined || responseFormat.type === 'text') return undefined;
  try {
    return parseUntrustedJson(text);
  } catch {
    return undefined;
  }
}
