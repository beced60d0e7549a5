import type { Reply } from '../../http/exchange.ts';
import { createRedactor } from '../../http/redactor.ts';
import { isJsonObject } from '../../model/json.ts';
import type { Usage } from '../../model/output.ts';
import { GEN_AI, GENERAL, TOUCHSTONE } from '../../telemetry/attributes.ts';
import type { ClientOptions } from '../clientOptions.ts';
import { startDeadline } from '../deadline.ts';
import { type CallOptions, ModelError } from '../modelClient.ts';
import { type Endpoint, post, secretsOf } from '../openai/endpoint.ts';
import { statusError, toModelError } from '../openai/providerError.ts';
import { wholeText } from '../openai/replyParts.ts';
import { callCost } from '../prices/prices.ts';
import { errorType, withRetry } from '../retry.ts';
import { fieldsAt } from '../wire/replyFields.ts';
import type { Embedding, SendTexts } from './embeddings.ts';

interface EmbeddingsOptions extends ClientOptions {
  /** Fetched with the first request. Throws ConfigError when a key is missing. */
  endpoint(signal: AbortSignal): Promise<Endpoint> | Endpoint;
}

/** POST /embeddings of a server that speaks OpenAI's API; transient failures are retried as for chats. */
export function sendToOpenAi(options: EmbeddingsOptions): SendTexts {
  let opened: Promise<Opened> | undefined;

  const open = async (signal: AbortSignal): Promise<Opened> => {
    const endpoint = await options.endpoint(signal);
    return { endpoint, redact: createRedactor(secretsOf(endpoint)) };
  };

  const attempt = async (texts: readonly string[], signal: AbortSignal): Promise<Embedding[]> => {
    opened ??= open(signal).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });

    return ask(await opened, texts, options, signal);
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

    const deadline = startDeadline(options.clock, limitOf(options, call), call.signal);
    const { clock, random, limiter } = options;
    const retry = { clock, random, signal: deadline.signal, deadline: deadline.at, span };
    try {
      const work = () => withRetry(() => attempt(texts, deadline.signal), retry);
      const embeddings = await limiter.run(work, deadline.signal);
      const tokens = embeddings.reduce((sum, { usage }) => sum + (usage?.inputTokens ?? 0), 0);
      span.set({ [GEN_AI.inputTokens]: tokens });
      span.end();

      return embeddings;
    } catch (error) {
      span.set({ [GENERAL.errorType]: error instanceof ModelError ? errorType(error) : '_OTHER' });
      span.end(error instanceof Error ? error.message : 'failed');
      throw error;
    } finally {
      deadline.stop();
    }
  };
}

interface Opened {
  endpoint: Endpoint;
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
    if (!reply.ok) throw await statusError(reply, clock.now());

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

function limitOf(options: EmbeddingsOptions, call: CallOptions): number {
  return Math.min(call.timeoutMs, options.timeoutMs ?? Number.POSITIVE_INFINITY);
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
