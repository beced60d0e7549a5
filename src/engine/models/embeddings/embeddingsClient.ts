import type { Reply } from '../../http/exchange.ts';
import { createRedactor } from '../../http/redactor.ts';
import { isJsonObject } from '../../model/json.ts';
import type { Usage } from '../../model/output.ts';
import type { Clock } from '../../ports.ts';
import type { Guard, Outcome } from '../../resilience/guard.ts';
import { GEN_AI, GENERAL, TOUCHSTONE } from '../../telemetry/attributes.ts';
import { estimateTexts } from '../callEstimate.ts';
import type { ClientOptions } from '../clientOptions.ts';
import { callGuarded, callRequest, errorType } from '../guardedCall.ts';
import { ModelError } from '../modelClient.ts';
import { type Endpoint, post, secretsOf } from '../openai/endpoint.ts';
import { statusError, toModelError } from '../openai/providerError.ts';
import { wholeText } from '../openai/replyParts.ts';
import { callCost } from '../prices/prices.ts';
import { fieldsAt } from '../wire/replyFields.ts';
import type { Embedding, SendTexts } from './embeddings.ts';

interface EmbeddingsOptions extends Omit<ClientOptions, 'guard'> {
  /** Fetched with the first request. Throws ConfigError when a key is missing. */
  endpoint(signal: AbortSignal): Promise<Endpoint> | Endpoint;
  /** The guard of the provider, asked with this key. */
  guardOf(endpoint: Endpoint): Guard;
}

/** POST /embeddings of a server that speaks OpenAI's API; transient failures are retried as for chats. */
export function sendToOpenAi(options: EmbeddingsOptions): SendTexts {
  let opening: Promise<Opened> | undefined;

  const open = async (signal: AbortSignal): Promise<Opened> => {
    const endpoint = await options.endpoint(signal);
    const { clock, timeoutMs } = options;
    const guarded = { guard: options.guardOf(endpoint), clock, timeoutMs };
    return { endpoint, guarded, redact: createRedactor(secretsOf(endpoint)) };
  };

  const opened = (signal: AbortSignal): Promise<Opened> => {
    opening ??= open(signal).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };

  return async (texts, call) => {
    call.signal.throwIfAborted();

    const span = call.span.child(
      `embeddings ${options.model}`,
      {
        [GEN_AI.operationName]: 'embeddings',
        [GEN_AI.providerName]: options.provider,
        [GEN_AI.requestModel]: options.model,
        [TOUCHSTONE.embeddedTexts]: texts.length,
      },
      'client',
    );

    try {
      const server = await opened(call.signal);
      const estimate = () => estimateTexts(texts, options.model, options.prices);
      const wanted = callRequest(call, { pool: 'embedding', model: options.model, span, estimate });
      const { value: embeddings } = await callGuarded(server.guarded, wanted, async ({ signal }) => {
        const value = await ask(server, texts, options, signal);
        return { kind: 'ended', value, outcome: outcomeOf(value) };
      });

      const tokens = embeddings.reduce((sum, { usage }) => sum + (usage?.inputTokens ?? 0), 0);
      span.set({ [GEN_AI.inputTokens]: tokens });
      span.end();

      return embeddings;
    } catch (error) {
      span.set({ [GENERAL.errorType]: error instanceof ModelError ? errorType(error) : '_OTHER' });
      span.end(error instanceof Error ? error.message : 'failed');
      throw error;
    }
  };
}

function outcomeOf(embeddings: readonly Embedding[]): Outcome {
  return {
    decision: { kind: 'done' },
    tokens: total(embeddings.map(({ usage }) => usage?.inputTokens ?? null)),
    costUsd: total(embeddings.map(({ costUsd }) => costUsd)),
  };
}

function total(values: readonly (number | null)[]): number | null {
  return values.reduce((sum, value) => (sum === null || value === null ? null : sum + value), 0);
}

interface Opened {
  endpoint: Endpoint;
  guarded: { guard: Guard; clock: Clock; timeoutMs: number | undefined };
  redact: (text: string) => string;
}

async function ask(
  { endpoint, redact }: Opened,
  texts: readonly string[],
  options: EmbeddingsOptions,
  signal: AbortSignal,
): Promise<Embedding[]> {
  const { connection, model, clock } = options;
  const begun = clock.monotonic();
  let reply: Reply | undefined;
  try {
    // Plain numbers: not every compatible server knows base64.
    const body = { model, input: [...texts], encoding_format: 'float' };
    reply = await post(endpoint, { connection, path: '/embeddings', body, signal });
    if (!reply.ok) throw await statusError(reply, clock);

    const response: unknown = JSON.parse(await wholeText(reply));
    return readResponse(response, texts, options, clock.monotonic() - begun);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const where = reply ? 'the connection broke' : `no connection to ${endpoint.baseUrl}`;
    throw toModelError(error, { where, redact });
  } finally {
    reply?.close();
  }
}

/** Servers may answer in any order; `index` tells which text a vector belongs to. */
function readResponse(
  response: unknown,
  texts: readonly string[],
  { model, prices }: EmbeddingsOptions,
  latencyMs: number,
): Embedding[] {
  const broken = (why: string) =>
    new ModelError('protocol', `the provider's embeddings cannot be used: ${why}`, { transient: false });
  const { data, usage: reported } = fieldsAt(response, 'it');
  if (!Array.isArray(data)) throw broken('there is no list of them');

  const vectors = new Map(
    data.map((item, at) => {
      const { index, embedding } = fieldsAt(item, `data[${at}]`);
      return [index, embedding] as const;
    }),
  );

  const tokens = shareTokens(isJsonObject(reported) ? reported['prompt_tokens'] : undefined, texts);
  return texts.map((_, index) => {
    const vector = vectors.get(index);
    if (!Array.isArray(vector) || vector.length === 0) throw broken(`number ${index} is missing`);
    if (!isVector(vector)) throw broken('one holds something that is no number');

    const inputTokens = tokens?.[index];
    const usage: Usage | null = inputTokens === undefined ? null : { inputTokens, outputTokens: 0 };
    return { vector, usage, costUsd: callCost(usage, model, prices), latencyMs };
  });
}

function isVector(values: readonly unknown[]): values is number[] {
  return values.every((value) => Number.isFinite(value));
}

/** A request's tokens over its texts by their length; the shares add up to the whole. Undefined when not reported. */
function shareTokens(total: unknown, texts: readonly string[]): number[] | undefined {
  // Servers that do not count report 0.
  if (typeof total !== 'number' || !Number.isSafeInteger(total) || total <= 0) return undefined;
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  let seen = 0;
  let given = 0;
  return texts.map((text) => {
    seen += text.length;
    const upTo = length === 0 ? total : Math.round((total * seen) / length);
    const share = upTo - given;
    given = upTo;
    return share;
  });
}
