import { contentHash } from '../model/hash.ts';
import type { JsonValue } from '../model/json.ts';
import type { ModelParameters } from '../model/message.ts';
import { emptyOutput, type Output } from '../model/output.ts';
import type { Prompt, RenderedPrompt } from '../model/prompt.ts';
import {
  type CallOptions,
  type ModelClient,
  ModelError,
  type ModelReply,
  type ModelRequest,
} from '../models/modelClient.ts';
import { parseReplyJson } from '../models/wire/replyJson.ts';
import type { Clock } from '../ports.ts';
import { modelOutput } from './modelOutput.ts';
import { renderCase } from './promptCase.ts';
import type { Target } from './target.ts';
import { type AllowTokens, allowanceMetadata, type TokenAllowance } from './tokenAllowance.ts';

interface PromptTargetOptions {
  name: string;
  prompt: Prompt;
  client: ModelClient;
  /** Settings that replace the prompt's own. */
  parameters?: ModelParameters;
  /** Limits each call's output tokens, on top of the limit that the settings name. */
  allow?: AllowTokens;
  clock: Clock;
}

/**
 * A prompt, filled in from the case and sent to a model. The trial's seed is sent where the settings name
 * none; a provider that refuses the parameter is asked without it from then on.
 */
export function createPromptTarget(options: PromptTargetOptions): Target {
  const { name, prompt, client, clock } = options;
  const parameters = { ...prompt.model.parameters, ...options.parameters };
  let seeds = parameters.seed === undefined;

  const send = async (request: ModelRequest, seed: number, context: CallOptions): Promise<ModelReply> => {
    if (!seeds) return client.complete(request, context);
    try {
      const parameters = { ...request.parameters, seed };
      return await client.complete({ ...request, parameters, negotiable: ['seed'] }, context);
    } catch (error) {
      if (!(error instanceof ModelError) || error.code !== 'bad-request' || error.parameter !== 'seed')
        throw error;
      seeds = false;
      return client.complete(request, context);
    }
  };

  return {
    name,
    kind: 'prompt',
    lane: client.provider,
    hash: contentHash({
      kind: 'prompt',
      prompt: prompt.hash,
      model: `${client.provider}/${client.model}`,
      endpoint: client.endpoint ?? null,
      parameters,
      ...(options.allow === undefined ? {} : { tokenBudgets: 'adaptive' }),
    }),
    call: async (request, context) => {
      const rendered = renderCase(prompt, request.case);
      const allowance = options.allow?.(name, request.case);
      const begun = clock.monotonic();
      try {
        const reply = await send(toRequest(rendered, withAllowance(parameters, allowance)), request.seed, {
          ...context,
          trial: request.trial,
          caseId: request.case.id,
        });
        return recordAllowance(toOutput(reply, rendered), parameters, allowance);
      } catch (error) {
        if (!(error instanceof ModelError)) throw error;
        const { code, message, transient } = error;
        const latencyMs = clock.monotonic() - begun;
        return { ...emptyOutput(), latencyMs, status: 'error', error: { code, message, transient } };
      }
    },
    close: async () => {},
  };
}

function withAllowance(parameters: ModelParameters, allowance: TokenAllowance | undefined): ModelParameters {
  if (!allowance || !binds(allowance, parameters)) return parameters;
  return { ...parameters, maxTokens: allowance.tokens + allowance.borrowed };
}

/** An output that ended at the limit of the settings was not cut off by its budget. */
function recordAllowance(
  output: Output,
  parameters: ModelParameters,
  allowance: TokenAllowance | undefined,
): Output {
  if (!allowance) return output;
  const finishReason = binds(allowance, parameters) ? output.finishReason : null;
  return { ...output, metadata: { ...output.metadata, ...allowanceMetadata(allowance, finishReason) } };
}

function binds({ tokens, borrowed }: TokenAllowance, { maxTokens }: ModelParameters): boolean {
  return maxTokens === undefined || tokens + borrowed <= maxTokens;
}

function toRequest(rendered: RenderedPrompt, parameters: ModelParameters): ModelRequest {
  return {
    messages: rendered.messages,
    parameters,
    ...(rendered.tools.length > 0 ? { tools: rendered.tools } : {}),
    ...(rendered.responseFormat === undefined ? {} : { responseFormat: rendered.responseFormat }),
  };
}

function toOutput(reply: ModelReply, rendered: RenderedPrompt): Output {
  const json = reply.status === 'complete' ? jsonOf(reply.text, rendered) : undefined;
  return modelOutput(reply, { text: reply.text, ...(json === undefined ? {} : { json }) });
}

/** A text that is not the JSON it should be stays a text: saying so is the evaluators' part. */
function jsonOf(text: string, { responseFormat }: RenderedPrompt): JsonValue | undefined {
  if (responseFormat === undefined || responseFormat.type === 'text') return undefined;
  try {
    return parseReplyJson(text);
  } catch {
    return undefined;
  }
}
