import { hash } from 'node:crypto';
import type { JsonObject } from '../../model/json.ts';
import type { Message } from '../../model/message.ts';
import type { ModelRequest } from '../modelClient.ts';
import { writeChatRequest } from '../wire/writeRequest.ts';

/** Who is asked: everything beside the request that decides the answer. */
export interface AskedModel {
  provider: string;
  model: string;
  /** Without credentials; undefined for a model of the editor. */
  endpoint?: string | undefined;
  /** Headers of the provider as the configuration has them; they may choose a version or a deployment. */
  headers?: { readonly [name: string]: string } | undefined;
  /** What the environment variables hold that its headers name. */
  variables?: { readonly [name: string]: string } | undefined;
}

/**
 * SHA-256 of everything that can change the answer: who is asked, and the body exactly as it would be sent, so that a setting
 * that is left out differs from any that is given. The order of keys within messages, tools and schemas counts, because
 * the model reads it; that of settings does not. `trial` tells repeated trials apart: one answer is not several measurements.
 *
 * Undefined for a request that cannot be told by its bytes: what stands behind the link to a picture may change.
 */
export function exactKey(asked: AskedModel, request: ModelRequest, trial: number): string | undefined {
  if (request.messages.some(hasLink)) return undefined;
  return digest(['exact', identityOf(asked), trial, sentBody(asked, request)]);
}

/** Settings in the order of their names; what they hold as it is. */
export function sentBody({ model }: AskedModel, request: ModelRequest): [string, unknown][] {
  const body: JsonObject = writeChatRequest(request, { model, maxTokensField: 'max_tokens', stream: false });
  return Object.entries(body).sort(([a], [b]) => (a < b ? -1 : 1));
}

export function identityOf({
  provider,
  model,
  endpoint,
  headers = {},
  variables = {},
}: AskedModel): unknown[] {
  const identity = [provider, endpoint ?? null, model, byName(headers)];
  const given = byName(variables);
  return given.length === 0 ? identity : [...identity, given];
}

function byName(values: { readonly [name: string]: string }): [string, string][] {
  return Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
}

export function digest(value: unknown): string {
  return hash('sha256', JSON.stringify(value), 'hex');
}

function hasLink({ content }: Message): boolean {
  return (
    typeof content !== 'string' && content.some((part) => part.type === 'image' && !/^data:/i.test(part.url))
  );
}
