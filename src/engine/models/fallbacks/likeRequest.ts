import type { ModelRequest } from '../modelClient.ts';
import { type AskedModel, digest, identityOf, sentBody } from './exactKey.ts';

/** A request as the semantic cache sees it. */
export interface LikeRequest {
  /** SHA-256 of all that must be equal. */
  partition: string;
  /** The words of the last message, which may differ. */
  text: string;
}

/**
 * Splits a request into what must be the same for two answers to be interchangeable (model, system prompt, tools, format,
 * settings, every earlier turn) and the question itself. Undefined where the last message is not a text from the user. The
 * seed that a run draws for each trial is the caller's to drop, and no part of it; one that a person set is.
 */
export function likeRequest(asked: AskedModel, request: ModelRequest): LikeRequest | undefined {
  const last = request.messages.at(-1);
  if (last?.role !== 'user') return undefined;

  const { content } = last;
  if (typeof content !== 'string' && content.some((part) => part.type !== 'text')) return undefined;
  const text = typeof content === 'string' ? content : content.map((part) => textOf(part)).join('\n');
  if (text.trim() === '') return undefined;

  const rest = { ...request, messages: [...request.messages.slice(0, -1), { ...last, content: '' }] };
  const body = sentBody(asked, withoutDrawnSeed(rest));
  return { partition: digest(['similar', identityOf(asked), body]), text };
}

function textOf(part: { type: string; text?: string }): string {
  return part.text ?? '';
}

function withoutDrawnSeed(request: ModelRequest): ModelRequest {
  if (!request.negotiable?.includes('seed')) return request;
  const { seed: _drawn, ...parameters } = request.parameters;
  return { ...request, parameters };
}
