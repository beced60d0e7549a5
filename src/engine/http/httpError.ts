/** What is said of a body that was cut. */
export const CUT_SHORT = 'the connection was closed before the body was complete';

/** What ended an exchange before its reply was whole. */
export type HttpFault =
  | { kind: 'timeout'; limitMs: number }
  | { kind: 'too-large'; maxBytes: number }
  /** The body is not UTF-8. */
  | { kind: 'not-utf8' }
  /** The body is compressed, and cannot be unpacked. */
  | { kind: 'compression' }
  /** A header or an address that HTTP does not allow; nothing was sent. */
  | { kind: 'unsendable' }
  /** `code` is the system's, e.g. ECONNREFUSED. */
  | { kind: 'network'; code: string };

/** An exchange that brought no whole reply. Its message is the system's, and never holds a header. */
export class HttpError extends Error {
  readonly fault: HttpFault;

  constructor(fault: HttpFault, message: string = fault.kind) {
    super(message);
    this.name = 'HttpError';
    this.fault = fault;
  }
}

/** An error of Node's network, compression or header check in our form; any other is a bug, and stays what it is. */
export function toHttpError(error: unknown): unknown {
  if (error instanceof HttpError || !(error instanceof Error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (code === undefined) return error;

  return new HttpError(faultOf(code), messageOf(error, code));
}

const UNSENDABLE = new Set([
  'ERR_INVALID_CHAR',
  'ERR_INVALID_HTTP_TOKEN',
  'ERR_HTTP_INVALID_HEADER_VALUE',
  'ERR_UNESCAPED_CHARACTERS',
  'ERR_INVALID_PROTOCOL',
]);
const BROKEN_PACKING = new Set(['Z_BUF_ERROR', 'Z_DATA_ERROR']);

function faultOf(code: string): HttpFault {
  if (UNSENDABLE.has(code)) return { kind: 'unsendable' };
  if (BROKEN_PACKING.has(code) || code.startsWith('ERR__ERROR_FORMAT')) return { kind: 'compression' };
  return { kind: 'network', code };
}

/** As OpenSSL says it, with its function, source file and line, of which only the reason is for people. */
const OPENSSL = /\berror:[0-9A-F]{8}:[^:]*:[^:]*:(?<reason>[^:]+)/;

/** Several addresses of a host fail each in a way of its own; the first one stands for all. */
function messageOf(error: Error, code: string): string {
  // Node's word for a body that was cut.
  if (error.message === 'aborted') return CUT_SHORT;
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const tls = first instanceof Error ? OPENSSL.exec(first.message)?.groups?.['reason'] : undefined;
  if (tls !== undefined) return `no TLS connection: ${tls}`;
  return (first instanceof Error && first.message) || error.message || code;
}
