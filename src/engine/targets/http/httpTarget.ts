import { ConfigError, type ErrorPlace } from '../../errors.ts';
import { readAddress } from '../../http/address.ts';
import { lowerCased, unsendableHeader } from '../../http/headers.ts';
import { Connection, isLoopback } from '../../http/httpConnection.ts';
import { contentHash } from '../../model/hash.ts';
import type { JsonValue } from '../../model/json.ts';
import { mostTokens } from '../../models/callEstimate.ts';
import { type Clock, type Environment, traceContext } from '../../ports.ts';
import type { ProviderGuards } from '../../resilience/providerGuards.ts';
import { type AgentRequest, agentRequest } from '../agentRequest.ts';
import { type CallTraces, withTrace } from '../callTraces.ts';
import { SERVER } from '../capabilities.ts';
import { guardedOutput } from '../guardedOutput.ts';
import { type ReplyForm, readReply } from '../reply/agentReply.ts';
import type { ResponsePaths } from '../reply/foreignReply.ts';
import { referredVariables, resolveEnvironment } from '../secrets/environmentReference.ts';
import type { Target } from '../target.ts';
import { bodyTemplate } from './bodyTemplate.ts';
import { httpCall } from './httpCall.ts';

export interface HttpTargetOptions {
  name: string;
  url: string;
  /** Default POST. */
  method?: 'POST' | 'PUT' | 'PATCH';
  /** Values may hold `${env:NAME}`. */
  headers?: { [name: string]: string };
  /** The body with placeholders (bodyTemplate.ts). Default: the request document. A text is sent as it is filled. */
  body?: JsonValue;
  /** Where the answer and what goes with it stand in a JSON reply (foreignReply.ts). Default: a reply document. */
  response?: ResponsePaths;
  /** `text`: the reply's body is the answer as it stands. */
  reply?: 'json' | 'text';
  /** Further limit of one call in milliseconds; the call's own limit holds as well. */
  timeoutMs?: number;
  /** Limit of the decompressed reply. Default 4 MiB. */
  maxResponseBytes?: number;
  /** Where the target stands in the configuration. */
  where?: ErrorPlace;
}

export interface HttpTargetPorts {
  environment: Environment;
  clock: Clock;
  guards: ProviderGuards;
  /** Takes keys out of what an error quotes, before it is cut short. */
  redact?(text: string): string;
}

/**
 * An agent behind a URL: one request per call, repeated where the agent asks for it (guardedOutput.ts),
 * `traceparent` and `baggage` as headers, and no redirects, since they could carry the headers' keys elsewhere.
 * Throws ConfigError for a URL or a header that cannot be used.
 */
export function createHttpTarget(options: HttpTargetOptions, ports: HttpTargetPorts): Target {
  const { name, method = 'POST', maxResponseBytes = 4 * 1024 * 1024 } = options;
  const { clock, redact } = ports;
  const place = options.where ? { where: options.where } : {};
  const owner = `The target "${name}"`;
  const url = checkUrl(options.url, owner, place);
  const isText = typeof options.body === 'string';
  const headers = checkHeaders(
    {
      'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json',
      accept: 'application/json, text/plain;q=0.9',
      ...lowerCased(resolveEnvironment(options.headers ?? {}, ports.environment, { owner, ...place })),
    },
    owner,
    place,
  );

  const write = bodyWriter(options.body, { owner: `the target "${name}"`, ...place });
  const form = replyForm(options);
  const connection = new Connection();
  const guard = ports.guards.of({
    provider: name,
    origin: url.origin,
    credential: Object.entries(headers).flat(),
  });

  const target: Target = {
    name,
    kind: 'http',
    capabilities: SERVER,
    lane: url.origin,
    hash: contentHash({
      kind: 'http',
      url: options.url,
      method,
      // As written: what a ${env:…} stands for may be a key, and counts by its digest.
      headers: options.headers ?? {},
      body: options.body ?? null,
      response: hashedResponse(options.response),
      reply: options.reply ?? 'json',
    }),
    environment: referredVariables(options.headers ?? {}, ports.environment),

    async call(request, context) {
      const { signal, span, timeoutMs } = context;
      signal.throwIfAborted();

      const body = write(agentRequest(request));
      const limitMs = Math.min(timeoutMs, options.timeoutMs ?? Number.POSITIVE_INFINITY);
      const guarded = { ...context, timeoutMs: limitMs, inputTokens: () => mostTokens(body) };
      return guardedOutput({ guard, clock }, guarded, async (until) => {
        const traces = context.openTraces?.();
        const tracing = { ...traceContext(span), ...(traces ? await endpointHeader(url, traces) : {}) };
        const attempt = await httpCall({
          connection,
          request: { url, method, headers: { ...headers, ...tracing }, body },
          maxBytes: maxResponseBytes,
          streams: form.kind === 'text',
          clock,
          signal: until,
          read: (text, latencyMs) => readReply(text, form, latencyMs, redact),
          redact,
        });
        const shown = await traces?.close({ elsewhere: true, signal });
        return { ...attempt, output: withTrace(attempt.output, shown ?? null) };
      });
    },

    close: async () => connection.close(),
  };

  return target;
}

/** Where an agent on this machine may send the spans of this call. One elsewhere could not reach it. */
async function endpointHeader(url: URL, traces: CallTraces): Promise<{ [name: string]: string }> {
  if (!isLoopback(url.hostname)) return {};
  const endpoint = await traces.endpoint();
  return endpoint === undefined ? {} : { 'touchstone-otlp-endpoint': endpoint };
}

function bodyWriter(
  template: JsonValue | undefined,
  options: { owner: string; where?: ErrorPlace },
): (request: AgentRequest) => string {
  if (template === undefined) return (request) => JSON.stringify(request);
  const fill = bodyTemplate(template, options);
  if (typeof template !== 'string') return (request) => JSON.stringify(fill(request));
  return (request) => {
    const value = fill(request);
    return typeof value === 'string' ? value : JSON.stringify(value);
  };
}

/** A single path stands as it did before there were several. */
function hashedResponse(response: ResponsePaths | undefined): JsonValue {
  if (!response) return null;
  const { text, ...rest } = response;
  const others = Object.entries(rest).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return others.length === 0 ? text : { text, ...Object.fromEntries(others) };
}

function replyForm({ response, reply }: HttpTargetOptions): ReplyForm {
  if (response !== undefined) return { kind: 'path', paths: response };
  return { kind: reply ?? 'json' };
}

function checkUrl(text: string, owner: string, place: { where?: ErrorPlace }): URL {
  const url = readAddress(text);
  if (url === 'no-address') {
    throw new ConfigError(`${owner} has a URL that is not one: ${text}`, {
      ...place,
      remedy: 'Write it in full, e.g. http://127.0.0.1:8080/chat',
    });
  }
  if (url === 'credentials') {
    throw new ConfigError(`${owner} has a name or password in its URL`, {
      ...place,
      remedy: `Send it as a header instead, e.g. authorization: "Basic \${env:AGENT_AUTH}"`,
    });
  }
  return url;
}

function checkHeaders(
  headers: { [name: string]: string },
  owner: string,
  place: { where?: ErrorPlace },
): { [name: string]: string } {
  const name = unsendableHeader(headers);
  if (name === undefined) return headers;
  // The value may be a key: it is not repeated here.
  throw new ConfigError(`${owner} has a header "${name}" that cannot be sent`, {
    ...place,
    remedy: 'Use letters, digits and hyphens in its name, and no line breaks in its value',
  });
}
