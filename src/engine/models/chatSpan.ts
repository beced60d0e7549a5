import type { Attributes } from '../ports.ts';
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
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': provider,
    'gen_ai.request.model': model,
    'gen_ai.request.temperature': parameters.temperature,
    'gen_ai.request.top_p': parameters.topP,
    'gen_ai.request.max_tokens': parameters.maxTokens,
    'gen_ai.request.seed': parameters.seed,
    'gen_ai.request.stop_sequences': parameters.stop,
    'gen_ai.request.frequency_penalty': parameters.frequencyPenalty,
    'gen_ai.request.presence_penalty': parameters.presencePenalty,
    'gen_ai.output.type': responseFormat && responseFormat.type !== 'text' ? 'json' : undefined,
    'server.address': url.hostname,
    'server.port': url.port === '' ? (url.protocol === 'http:' ? 80 : 443) : Number(url.port),
  };
}

export function replyAttributes(reply: ModelReply): Attributes {
  return {
    'gen_ai.response.model': reply.model,
    'gen_ai.response.id': reply.responseId ?? undefined,
    'gen_ai.response.finish_reasons': reply.finishReason === null ? undefined : [reply.finishReason],
    'gen_ai.usage.input_tokens': reply.usage?.inputTokens,
    'gen_ai.usage.output_tokens': reply.usage?.outputTokens,
    'gen_ai.usage.cache_read.input_tokens': reply.usage?.cachedInputTokens,
    'gen_ai.usage.cache_creation.input_tokens': reply.usage?.cacheWriteTokens,
    'error.type': reply.status === 'incomplete' || reply.status === 'empty' ? reply.status : undefined,
  };
}
