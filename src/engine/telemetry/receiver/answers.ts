import type { WholeReply } from '../../http/server/serverRequest.ts';
import type { OtlpEncoding } from './decodeExport.ts';
import { messageType } from './protobufSchema.ts';

const TYPES: { readonly [encoding in OtlpEncoding]: string } = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

/** What is sent in each of the three signals where a part was refused. */
const SIGNALS = {
  traces: { response: 'TraceResponse', rejected: 'rejectedSpans' },
  logs: { response: 'LogsResponse', rejected: 'rejectedLogRecords' },
  metrics: { response: 'MetricsResponse', rejected: 'rejectedDataPoints' },
} as const;

export type OtlpSignal = keyof typeof SIGNALS;

/** The encoding of a request; undefined for one that OTLP does not know. Answers are in the same. */
export function encodingOf(contentType: string | undefined): OtlpEncoding | undefined {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase();
  if (type === TYPES.json) return 'json';
  return type === TYPES.protobuf || type === 'application/protobuf' ? 'protobuf' : undefined;
}

/** Everything was taken, or all but `rejected`; the message says why. A message alone is a word to the sender. */
export function successAnswer(
  signal: OtlpSignal,
  encoding: OtlpEncoding,
  { rejected, message }: { rejected: number; message: string },
): WholeReply {
  const names = SIGNALS[signal];
  const partial = rejected > 0 || message !== '';
  const content = partial ? { partialSuccess: { [names.rejected]: rejected, errorMessage: message } } : {};
  return reply(200, encoding, names.response, content);
}

/** A failure as `google.rpc.Status`, as the specification wants it. */
export function failureAnswer(
  status: number,
  encoding: OtlpEncoding,
  message: string,
  headers: { readonly [name: string]: string } = {},
): WholeReply {
  const answer = reply(status, encoding, 'Status', { code: RPC_CODES[status] ?? 2, message });
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

/** google.rpc.Code: INVALID_ARGUMENT, RESOURCE_EXHAUSTED and UNAVAILABLE; UNKNOWN for the rest. */
const RPC_CODES: { readonly [status: number]: number } = { 400: 3, 413: 8, 429: 8, 503: 14 };

function reply(status: number, encoding: OtlpEncoding, type: string, content: object): WholeReply {
  const headers = { 'content-type': TYPES[encoding] };
  if (encoding === 'json') return { status, headers, body: JSON.stringify(content) };
  const message = messageType(type);
  return { status, headers, body: message.encode(message.fromObject(content)).finish() };
}
