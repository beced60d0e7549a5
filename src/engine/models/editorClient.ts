import type { JsonObject } from '../model/json.ts';
import type { Message, ModelParameters, ToolCall, ToolDefinition } from '../model/message.ts';
import type { Clock } from '../ports.ts';
import type { Guard, Outcome } from '../resilience/guard.ts';
import { GEN_AI, GENERAL } from '../telemetry/attributes.ts';
import { estimateCall } from './callEstimate.ts';
import { replyAttributes } from './chatSpan.ts';
import { wholeClient } from './clientForms.ts';
import { callGuarded, callRequest, errorType } from './guardedCall.ts';
import { type ModelClient, ModelError, type ModelReply, NO_OUTPUT } from './modelClient.ts';
import { writeParameters } from './wire/writeRequest.ts';

/** The provider whose models the editor reaches for the person: `vscode/copilot/gpt-4o`. */
export const EDITOR_PROVIDER = 'vscode';

const UNPRICED = 'VS Code does not say what its models cost; use a model of another provider';

export interface EditorRequest {
  /** `vendor/family`, or `vendor/id`. */
  model: string;
  messages: Message[];
  tools: ToolDefinition[];
  /** Settings by the names of OpenAI's API; which of them count is the provider's business. */
  options: JsonObject;
}

export interface EditorReply {
  text: string;
  toolCalls: ToolCall[];
  model: string;
  /** From the request to the first part of the reply, in milliseconds. */
  firstPartMs: number | null;
  /** Tokens by the model's own tokenizer; null where it has none. */
  counted: { input: number; output: number } | null;
  /** Why the stream broke off after it had begun; null for a whole reply. */
  broken: string | null;
}

/** The chat models of the editor that this engine belongs to. Throws ModelError. */
export interface EditorModels {
  complete(request: EditorRequest, signal: AbortSignal): Promise<EditorReply>;
}

/**
 * A chat model of the editor. It reports neither usage nor a finish reason: tokens are counted with the
 * model's own tokenizer and marked so, the cost is unknown, and a stream that ends by itself counts as whole.
 */
export function createEditorClient(options: {
  model: string;
  models: EditorModels;
  clock: Clock;
  guard: Guard;
}): ModelClient {
  const { model, models, clock } = options;
  return wholeClient({ provider: EDITOR_PROVIDER, model }, async (request, call) => {
    const span = call.span.child(
      `chat ${model}`,
      {
        [GEN_AI.operationName]: 'chat',
        [GEN_AI.providerName]: EDITOR_PROVIDER,
        [GEN_AI.requestModel]: model,
      },
      'client',
    );

    try {
      const asked = {
        model,
        messages: request.messages,
        tools: request.tools ?? [],
        options: toOptions(request.parameters),
      };
      const estimate = () => ({ ...estimateCall(request, model, undefined), unpriced: UNPRICED });
      const wanted = callRequest(call, { pool: 'target', model, span, estimate });
      const { value: reply, settle } = await callGuarded(options, wanted, async ({ signal }) => {
        const begun = clock.monotonic();
        const value = toReply(await models.complete(asked, signal), clock.monotonic() - begun);
        return { kind: 'begun', value };
      });
      settle(outcomeOf(reply));
      span.set(replyAttributes(reply));
      span.end('reason' in reply ? reply.reason : undefined);

      return reply;
    } catch (error) {
      const failure = error instanceof ModelError ? error : undefined;
      const type = failure && errorType(failure);
      span.set({ [GENERAL.errorType]: type ?? (call.signal.aborted ? 'cancelled' : '_OTHER') });
      span.end(failure?.message ?? (call.signal.aborted ? 'cancelled' : 'failed'));
      throw error;
    }
  });
}

/** A stream that broke off is the provider's fault, and is not asked for again: what came of it is the reply. */
function outcomeOf({ status, usage, costUsd }: ModelReply): Outcome {
  return {
    decision: { kind: status === 'incomplete' ? 'transient' : 'done' },
    tokens: usage && usage.inputTokens + usage.outputTokens,
    costUsd,
  };
}

function toReply(reply: EditorReply, latencyMs: number): ModelReply {
  const base = {
    text: reply.text,
    toolCalls: reply.toolCalls,
    usage: reply.counted && {
      inputTokens: reply.counted.input,
      outputTokens: reply.counted.output,
      counted: true as const,
    },
    costUsd: null,
    model: reply.model,
    responseId: null,
    latencyMs,
    firstTokenMs: reply.firstPartMs,
  };
  if (reply.broken !== null)
    return { ...base, status: 'incomplete', finishReason: null, reason: reply.broken };

  const finishReason = reply.toolCalls.length > 0 ? 'tool_calls' : 'stop';
  // The editor tells neither a refusal nor an empty text from a reply that never came.
  if (reply.text === '' && reply.toolCalls.length === 0)
    return { ...base, status: 'empty', finishReason, reason: NO_OUTPUT };

  return { ...base, status: 'complete', finishReason };
}

/** Unknown settings replace nothing of ours. */
function toOptions(parameters: ModelParameters): JsonObject {
  return { ...parameters.extra, ...writeParameters(parameters, 'max_tokens') };
}
