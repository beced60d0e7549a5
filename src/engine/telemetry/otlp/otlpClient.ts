import {
  JsonLogsSerializer,
  JsonTraceSerializer,
  ProtobufLogsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { exchange, type Reply } from '../../http/exchange.ts';
import { Connection } from '../../http/httpConnection.ts';
import { HttpError } from '../../http/httpError.ts';
import { createRedactor } from '../../http/redactor.ts';
import { parseRetryAfter } from '../../http/retryAfter.ts';
import type { Clock, Random } from '../../ports.ts';
import type { ReadableLog } from './otlpRecords.ts';
import type { OtlpSettings, Signal } from './otlpSettings.ts';

/** Requests for one batch altogether, the first one included. */
const ATTEMPTS = 4;
/** The first back-off is drawn from 0 to this many milliseconds; each further limit doubles. */
const BASE_MS = 500;
/** A batch that is not delivered after so long is given up, in milliseconds. */
const DEADLINE_MS = 60_000;
/** Collectors refuse long bodies (OpenTelemetry's own: 20 MiB); a longer batch is sent in halves. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** The codes that OTLP/HTTP calls retryable. */
const RETRYABLE = new Set([429, 502, 503, 504]);
/** Of an answer, only so much is read; that of a partial success is short. */
const MAX_REPLY_BYTES = 64 * 1024;
/** Characters of a refusal that are shown. */
const MAX_REASON = 200;

/** What became of a batch. `rejected` records were received and not kept; `message` is the collector's. */
export type Delivery =
  | { status: 'delivered'; rejected: number; message: string }
  | { status: 'failed'; reason: string };

export interface OtlpClient {
  sendSpans(spans: readonly ReadableSpan[], signal: AbortSignal): Promise<Delivery>;
  sendLogs(logs: readonly ReadableLog[], signal: AbortSignal): Promise<Delivery>;
  /** An export request as somebody else wrote it. */
  sendRequest(request: ExportRequest, signal: AbortSignal): Promise<Delivery>;
}

export interface ExportRequest {
  signal: Signal;
  encoding: OtlpSettings['encoding'];
  body: Uint8Array;
}

export interface OtlpPorts {
  clock: Clock;
  random: Random;
  /** Default: one to whatever server. */
  connection?: Connection;
}

/** OTLP over HTTP. A failure is a value, not an error; only an abort rejects. Secrets are never in a reason. */
export function createOtlpClient(
  settings: OtlpSettings,
  { clock, random, connection = new Connection() }: OtlpPorts,
): OtlpClient {
  const json = settings.encoding === 'json';
  const traces = json ? JsonTraceSerializer : ProtobufTraceSerializer;
  const logs = json ? JsonLogsSerializer : ProtobufLogsSerializer;
  const redact = redactorOf(settings);
  const said = (message = '') => redact(message).slice(0, MAX_REASON);
  const post = (signal: Signal) => (body: Uint8Array, abort: AbortSignal) =>
    deliver({ connection, settings, signal, body, abort, clock, random });
  return {
    sendSpans: (spans, abort) =>
      inHalves([...spans], abort, {
        encode: (part) => traces.serializeRequest(part),
        post: post('traces'),
        read: (body) => {
          const partial = traces.deserializeResponse(body).partialSuccess;
          return { rejected: Number(partial?.rejectedSpans ?? 0), message: said(partial?.errorMessage) };
        },
      }),

    sendRequest: async ({ signal, encoding, body }, abort) => {
      const as = { ...settings, encoding };
      const receipt = await deliver({ connection, settings: as, signal, body, abort, clock, random });
      if (receipt.status !== 'received') return { status: 'failed', reason: receipt.reason };
      return { status: 'delivered', ...partialSuccess(receipt.body, { signal, encoding }, said) };
    },

    sendLogs: (records, abort) =>
      inHalves([...records], abort, {
        encode: (part) => logs.serializeRequest(part),
        post: post('logs'),
        read: (body) => {
          const partial = logs.deserializeResponse(body).partialSuccess;
          return { rejected: Number(partial?.rejectedLogRecords ?? 0), message: said(partial?.errorMessage) };
        },
      }),
  };
}

/** What the collector made of one request. */
type Receipt = { status: 'received'; body: Uint8Array } | { status: 'too-long' | 'failed'; reason: string };

interface Batch<T> {
  encode(records: T[]): Uint8Array | undefined;
  post(body: Uint8Array, abort: AbortSignal): Promise<Receipt>;
  read(body: Uint8Array): { rejected: number; message: string };
}

async function inHalves<T>(records: T[], abort: AbortSignal, exchange: Batch<T>): Promise<Delivery> {
  const body = exchange.encode(records);
  if (records.length === 0 || !body) return { status: 'delivered', rejected: 0, message: '' };

  const tooLong = body.length > MAX_BODY_BYTES && records.length > 1;
  const reply: Receipt = tooLong ? { status: 'too-long', reason: '' } : await exchange.post(body, abort);
  if (reply.status === 'received') return { status: 'delivered', ...readReply(reply.body, exchange) };
  if (reply.status === 'failed' || records.length === 1) return { status: 'failed', reason: reply.reason };

  const middle = Math.ceil(records.length / 2);
  const first = await inHalves(records.slice(0, middle), abort, exchange);
  if (first.status === 'failed') return first;

  const second = await inHalves(records.slice(middle), abort, exchange);
  if (second.status === 'failed') return second;

  return {
    status: 'delivered',
    rejected: first.rejected + second.rejected,
    message: first.message || second.message,
  };
}

/** What an answer says of records that were not kept, in the encoding of the request. */
function partialSuccess(
  body: Uint8Array,
  { signal, encoding }: Pick<ExportRequest, 'signal' | 'encoding'>,
  said: (message?: string) => string,
): { rejected: number; message: string } {
  const isJson = encoding === 'json';
  return readReply(body, {
    read: (bytes) => {
      if (signal === 'traces') {
        const { partialSuccess: partial } = (
          isJson ? JsonTraceSerializer : ProtobufTraceSerializer
        ).deserializeResponse(bytes);
        return { rejected: Number(partial?.rejectedSpans ?? 0), message: said(partial?.errorMessage) };
      }
      const { partialSuccess: partial } = (
        isJson ? JsonLogsSerializer : ProtobufLogsSerializer
      ).deserializeResponse(bytes);
      return { rejected: Number(partial?.rejectedLogRecords ?? 0), message: said(partial?.errorMessage) };
    },
  });
}

/** A collector that answers 200 with something that is not OTLP has still taken the batch. */
function readReply(
  body: Uint8Array,
  { read }: Pick<Batch<unknown>, 'read'>,
): { rejected: number; message: string } {
  try {
    return body.length === 0 ? { rejected: 0, message: '' } : read(body);
  } catch {
    return { rejected: 0, message: '' };
  }
}

interface Delivering {
  connection: Connection;
  settings: OtlpSettings;
  signal: Signal;
  body: Uint8Array;
  abort: AbortSignal;
  clock: Clock;
  random: Random;
}

async function deliver(job: Delivering): Promise<Receipt> {
  const { clock, random, abort } = job;
  const deadline = clock.monotonic() + DEADLINE_MS;
  for (let done = 1; ; done += 1) {
    const answer = await attempt(job);
    abort.throwIfAborted();
    if (answer.kind === 'reply') return answer.reply;
    const waitMs = answer.retryAfterMs ?? random.next() * BASE_MS * 2 ** (done - 1);
    if (done >= ATTEMPTS) return { status: 'failed', reason: `${answer.reason} (after ${done} attempts)` };
    if (clock.monotonic() + waitMs >= deadline) {
      const wait = `${Math.round(waitMs / 1000)} s`;
      return { status: 'failed', reason: `${answer.reason} (it asks to wait ${wait}, which is too long)` };
    }
    await clock.sleep(waitMs, abort);
  }
}

type Answer =
  | { kind: 'reply'; reply: Receipt }
  | { kind: 'again'; reason: string; retryAfterMs?: number | undefined };

async function attempt({ settings, signal, body, abort, clock, connection }: Delivering): Promise<Answer> {
  const { url, headers } = settings[signal];
  const redact = redactorOf(settings);
  const request = {
    url: new URL(url),
    method: 'POST',
    headers: { ...headers, 'content-type': CONTENT_TYPES[settings.encoding] },
    body,
  };

  try {
    const limit = { clock, ms: settings.timeoutMs };
    return await exchange({ connection, request, signal: abort, limit }, async (reply) => {
      const said = await reply.start(MAX_REPLY_BYTES);
      return toAnswer(reply, said, redact, clock);
    });
  } catch (error) {
    abort.throwIfAborted();
    if (!(error instanceof HttpError)) throw error;
    return { kind: 'again', reason: faultReason(error, redact) };
  }
}

function toAnswer(reply: Reply, body: Uint8Array, redact: (text: string) => string, clock: Clock): Answer {
  if (reply.ok) return { kind: 'reply', reply: { status: 'received', body } };

  const reason = refusal(reply, body, redact);
  if (RETRYABLE.has(reply.status))
    return { kind: 'again', reason, retryAfterMs: parseRetryAfter(reply.headers, clock.now()) };
  return { kind: 'reply', reply: { status: reply.status === 413 ? 'too-long' : 'failed', reason } };
}

const CONTENT_TYPES = { protobuf: 'application/x-protobuf', json: 'application/json' };

/** Knows the headers' values, and the key in each without its scheme. */
function redactorOf({ traces, logs }: OtlpSettings): (text: string) => string {
  const values = [...Object.values(traces.headers), ...Object.values(logs.headers)];
  return createRedactor(values.flatMap((value) => [value, value.split(' ').at(-1) ?? '']));
}

/** The status and what the collector said, where that is text. */
function refusal({ status, contentType }: Reply, body: Uint8Array, redact: (text: string) => string): string {
  if (status >= 300 && status < 400) return `HTTP ${status}: it redirects, which is not followed`;
  if (!/^(text\/plain|application\/json)/.test(contentType)) return `HTTP ${status}`;
  // Secrets first: a cut through the middle of one would leave its first half standing.
  const said = redact(new TextDecoder().decode(body)).replace(/\s+/g, ' ').trim();
  return said === '' ? `HTTP ${status}` : `HTTP ${status}: ${said.slice(0, MAX_REASON)}`;
}

function faultReason({ fault, message }: HttpError, redact: (text: string) => string): string {
  return fault.kind === 'timeout' ? `no answer within ${fault.limitMs / 1000} s` : redact(message);
}
