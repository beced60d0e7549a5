import type { Attributes } from '../ports.ts';
import { GEN_AI, GENERAL } from '../telemetry/attributes.ts';
import type { ModelReply, ModelRequest } from './modelClient.ts';

/** Span attributes of a model call, by OpenTelemetry's semantic conventions for generative AI. */
export function requestAttributes(
  provider: string,
  model: string,
  baseUrl: string,
  request: ModelRequest,
): Attributes {
  const url = new URL(baseUrl);
  const { parameters, responseFormat } = request;
  return {
    [GEN_AI.operationName]: 'chat',
    [GEN_AI.providerName]: provider,
    [GEN_AI.requestModel]: model,
    [GEN_AI.requestTemperature]: parameters.temperature,
    [GEN_AI.requestTopP]: parameters.topP,
    [GEN_AI.requestMaxTokens]: parameters.maxTokens,
    [GEN_AI.requestSeed]: parameters.seed,
    [GEN_AI.requestStopSequences]: parameters.stop,
    [GEN_AI.requestFrequencyPenalty]: parameters.frequencyPenalty,
    [GEN_AI.requestPresencePenalty]: parameters.presencePenalty,
    [GEN_AI.outputType]: responseFormat && responseFormat.type !== 'text' ? 'json' : undefined,
    [GENERAL.serverAddress]: url.hostname,
    [GENERAL.serverPort]: url.port === '' ? (url.protocol === 'http:' ? 80 : 443) : Number(url.port),
  };
}

export function replyAttributes(reply: ModelReply): Attributes {
  return {
    [GEN_AI.responseModel]: reply.model,
    [GEN_AI.responseId]: reply.responseId ?? undefined,
    [GEN_AI.responseFinishReasons]: reply.finishReason === null ? undefined : [reply.finishReason],
    [GEN_AI.inputTokens]: reply.usage?.inputTokens,
    [GEN_AI.outputTokens]: reply.usage?.outputTokens,
    [GEN_AI.cacheReadTokens]: reply.usage?.cachedInputTokens,
    [GEN_AI.cacheCreationTokens]: reply.usage?.cacheWriteTokens,
    [GENERAL.errorType]: reply.status === 'incomplete' || reply.status === 'empty' ? reply.status : undefined,
  };
}
