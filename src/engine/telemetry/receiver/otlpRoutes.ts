import { HttpProblem } from '../../http/server/httpProblem.ts';
import type { ServerRequest, WholeReply } from '../../http/server/serverRequest.ts';
import type { Route } from '../../http/server/serverShell.ts';
import type { LogRecord, SpanRecord } from '../../model/span.ts';
import { type Clock, systemClock } from '../../ports.ts';
import { encodingOf, failureAnswer, type OtlpSignal, successAnswer } from './answers.ts';
import type { Checked } from './checkRecords.ts';
import { decodeLogs, decodeTraces, MalformedExport, type OtlpEncoding } from './decodeExport.ts';
import { RecentRequests } from './recentRequests.ts';

/** Whoever keeps what was received. Resolves once it is durable: only then is the sender told that it arrived. */
export interface ReceivedRecords {
  /** `route` is the secret part of the address that the sender was given, where it was given one. */
  keep(
    records: { spans: readonly SpanRecord[]; logs: readonly LogRecord[] },
    route: string | undefined,
  ): Promise<void>;
  /** Another one as soon as what was kept before is there no more. Absent: it is there always. */
  readonly storage?: unknown;
  /** A request of which all that could be kept is kept. Returns at once. */
  taken?(request: { signal: 'traces' | 'logs'; encoding: OtlpEncoding; body: Uint8Array }): void;
}

/** It cannot be kept now; the sender may try again after so many seconds. */
export class Busy extends Error {
  readonly retryAfterSeconds: number;

  constructor(message: string, retryAfterSeconds: number) {
    super(message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/**
 * OTLP over HTTP: traces and logs in protobuf and in JSON on the same paths, answered in the encoding of the request. Metrics
 * are answered, and not kept.
 */
export function otlpRoutes(
  received: ReceivedRecords,
  access: Route['access'],
  clock: Clock = systemClock,
): Route[] {
  const recent = new RecentRequests(clock, () => received.storage);
  const post = (signal: OtlpSignal, keep: Keep): Route => ({
    ...{ method: 'POST', path: `/v1/${signal}`, access, refuse },
    handle: (request) => take(signal, request, { recent, keep }),
  });

  return [
    post('traces', async (body, encoding) => {
      const checked = decodeTraces(body, encoding);
      await received.keep({ spans: checked.records, logs: [] }, undefined);
      received.taken?.({ signal: 'traces', encoding, body });
      return checked;
    }),
    post('logs', async (body, encoding) => {
      const checked = decodeLogs(body, encoding);
      await received.keep({ spans: [], logs: checked.records }, undefined);
      received.taken?.({ signal: 'logs', encoding, body });
      return checked;
    }),
    post('metrics', async () => ({ records: [], rejected: 0, reasons: [DERIVED] })),
  ];
}

const DERIVED = 'Metrics are not kept: Touchstone derives its own from the spans.';

type Keep = (body: Uint8Array, encoding: OtlpEncoding) => Promise<Checked<unknown>>;

async function take(
  signal: OtlpSignal,
  request: ServerRequest,
  { recent, keep }: { recent: RecentRequests; keep: Keep },
): Promise<WholeReply> {
  const encoding = encodingOf(request.headers['content-type']);
  if (encoding === undefined)
    throw new HttpProblem(415, 'OTLP is sent as application/x-protobuf or application/json');

  const kind = `${signal} ${encoding} ${request.headers['content-encoding'] ?? ''}`;
  return await recent.answer(kind, await request.sent(), () => answer(signal, encoding, { request, keep }));
}

async function answer(
  signal: OtlpSignal,
  encoding: OtlpEncoding,
  { request, keep }: { request: ServerRequest; keep: Keep },
): Promise<WholeReply> {
  const body = await request.body();
  try {
    const { rejected, reasons } = await keep(body, encoding);
    return successAnswer(signal, encoding, { rejected, message: reasons.join('; ') });
  } catch (error) {
    if (error instanceof MalformedExport) throw new HttpProblem(400, error.message);
    if (!(error instanceof Busy)) throw error;
    throw new HttpProblem(503, error.message, { 'retry-after': String(error.retryAfterSeconds) });
  }
}

/** Whatever goes wrong is said as a `Status`, in the encoding of the request where it has one. */
function refuse({ status, message, headers }: HttpProblem, contentType: string | undefined): WholeReply {
  return failureAnswer(status, encodingOf(contentType) ?? 'json', message, headers);
}
