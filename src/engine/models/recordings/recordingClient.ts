import { defined } from '../../model/defined.ts';
import { canonicalJson, type JsonObject } from '../../model/json.ts';
import { TOUCHSTONE } from '../../telemetry/attributes.ts';
import { replyAttributes, requestAttributes } from '../chatSpan.ts';
import { wholeClient } from '../clientForms.ts';
import {
  type CallOptions,
  type ModelCatalog,
  type ModelClient,
  ModelError,
  type ModelRequest,
} from '../modelClient.ts';
import { readReplyEntry, replyEntry } from './recordedReply.ts';
import { notRecorded, type Recordings } from './recordings.ts';

/** Asks the real models and keeps what they reply. An answer that never came (a ModelError) is not kept. */
export function recordingCatalog(inner: ModelCatalog, recordings: Recordings): ModelCatalog {
  return memoized((reference) => {
    const client = inner.client(reference);
    return wholeClient(identityOf(client), async (request, options) => {
      const reply = recordings.clean(await client.complete(request, options));
      const asked = canonicalRequest(client, request);
      recordings.write(keyOf(asked, options), {
        request: JSON.parse(canonicalJson(asked)) as JsonObject,
        reply: replyEntry(reply),
      });
      return reply;
    });
  });
}

/**
 * Answers from recordings alone: no connection, no key. `identify` says what a reference stands for; it
 * throws ConfigError as the real catalog does. A request that was not recorded is a ModelError `not-recorded`.
 */
export function replayCatalog(
  identify: (reference: string) => Pick<ModelClient, 'provider' | 'model' | 'endpoint'>,
  recordings: Recordings,
): ModelCatalog {
  return memoized((reference) => {
    const identity = identify(reference);
    return wholeClient(identity, async (request, options) => replay(identity, request, options));
  });

  function replay(identity: ReturnType<typeof identify>, request: ModelRequest, options: CallOptions) {
    options.signal.throwIfAborted();

    const { provider, model, endpoint } = identity;
    const span = options.span.child(`chat ${model}`, {
      ...requestAttributes(provider, model, endpoint ?? 'http://recorded', request),
      [TOUCHSTONE.replayed]: true,
    });

    const key = keyOf(canonicalRequest(identity, request), options);
    const found = recordings.read(key);
    if (!found) {
      const message = notRecorded(`${provider}/${model}`, recordings.shownName(key));
      span.end(message);
      throw new ModelError('not-recorded', message, { transient: false });
    }

    const reply = readReplyEntry(found.reply, found.file);
    span.set(replyAttributes(reply));
    span.end('reason' in reply ? reply.reason : undefined);

    return reply;
  }
}

/** One client for each reference, however often it is asked for. */
function memoized(create: (reference: string) => ModelClient): ModelCatalog {
  const clients = new Map<string, ModelClient>();
  return {
    client: (reference) => {
      const client = clients.get(reference) ?? create(reference);
      clients.set(reference, client);
      return client;
    },
  };
}

function identityOf({ provider, model, endpoint }: ModelClient) {
  return { provider, model, ...defined({ endpoint }) };
}

function keyOf(request: object, { trial, caseId }: CallOptions) {
  return { kind: 'models', request, trial: trial ?? 0, ...defined({ caseId }) } as const;
}

/**
 * The request without its provider's peculiarities. What the caller would drop rather than fail (a seed, a
 * schema for the answer) is left out: whether it was sent depends on what the server objects to, and in which
 * order calls came. The trial's number stands for its seed.
 */
function canonicalRequest(client: Pick<ModelClient, 'provider' | 'model'>, request: ModelRequest) {
  const dropped = new Set(request.negotiable ?? []);
  const parameters = Object.entries(request.parameters).filter(
    ([name]) => !dropped.has(name as 'seed' | 'temperature'),
  );
  return {
    model: `${client.provider}/${client.model}`,
    messages: request.messages,
    parameters: Object.fromEntries(parameters),
    ...(request.tools?.length ? { tools: request.tools } : {}),
    ...(request.responseFormat === undefined || dropped.has('responseFormat')
      ? {}
      : { response_format: request.responseFormat }),
  };
}
