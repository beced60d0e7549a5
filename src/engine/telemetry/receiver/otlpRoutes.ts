import { HttpProblem } from '../../http/server/httpProblem.ts';
import type { ServerReply, ServerRequest } from '../../http/server/serverRequest.ts';
import type { Route } from '../../http/server/serverShell.ts';
import type { LogRecord, SpanRecord } from '../../model/span.ts';
import { encodingOf, failureAnswer, type OtlpSignal, successAnswer } from './answers.ts';
import type { Checked } from './checkRecords.ts';
import { decodeLogs, decodeTraces, MalformedExport, type OtlpEncoding } from './decodeExport.ts';

/** Whoever keeps what was received. Resolves once it is durable: only then is the sender told that it arrived. */
export interface ReceivedRecords {
  /** `route` is the secret part of the address that the sender was given, where it was given one. */
  keep(
    records: { spans: readonly SpanRecord[]; logs: readonly LogRecord[] },
    route: string | undefined,
  ): Promise<void>;
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
export function otlpRoutes(received: ReceivedRecords, access: Route['access']): Route[] {
  const post = (path: string, handle: (request: ServerRequest) => Promise<ServerReply>): Route => ({
    method: 'POST',
    path,
    access,
    handle,
  });

  return [
    post('/v1/traces', (request) =>
      take('traces', request, async (body, encoding) => {
        const checked = decodeTraces(body, encoding);
        await received.keep({ spans: checked.records, logs: [] }, undefined);
        return checked;
      }),
    ),
    post('/v1/logs', (request) =>
      take('logs', request, async (body, encoding) => {
        const checked = decodeLogs(body, encoding);
        await received.keep({ spans: [], logs: checked.records }, undefined);
        return checked;
      }),
    ),
    post('/v1/metrics', (request) =>
      take('metrics', request, async () => ({ records: [], rejected: 0, reasons: [DERIVED] })),
    ),
  ];
}

const DERIVED = 'Metrics are not kept: Touchstone derives its own from the spans.';

async function take(
  signal: OtlpSignal,
  request: ServerRequest,
  read: (body: Uint8Array, encoding: OtlpEncoding) => Promise<Checked<unknown>>,
): Promise<ServerReply> {
  const encoding = encodingOf(request.headers['content-type']);
  if (encoding === undefined)
    throw new HttpProblem(415, 'OTLP is sent as application/x-protobuf or application/json');

  try {
    const { rejected, reasons } = await read(await request.body(), encoding);
    return successAnswer(signal, encoding, { rejected, message: reasons.join('; ') });
  } catch (error) {
    if (error instanceof MalformedExport) return failureAnswer(400, encoding, error.message);
    if (error instanceof HttpProblem)
      return failureAnswer(error.status, encoding, error.message, error.headers);
    if (!(error instanceof Busy)) throw error;
    return failureAnswer(503, encoding, error.message, { 'retry-after': String(error.retryAfterSeconds) });
  }
}
