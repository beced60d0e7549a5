import { UsageError } from '../../errors.ts';
import { readAddress } from '../../http/address.ts';
import { unsendableHeader } from '../../http/headers.ts';
import type { Environment } from '../../ports.ts';

export type Signal = 'traces' | 'logs';

/** Where telemetry is sent. The values of `headers` are secrets. */
export interface OtlpSettings {
  traces: OtlpEndpoint;
  logs: OtlpEndpoint;
  encoding: 'protobuf' | 'json';
  /** Limit of one request in milliseconds. */
  timeoutMs: number;
}

export interface OtlpEndpoint {
  url: string;
  headers: { [name: string]: string };
}

/** By the OTLP exporter specification. */
const DEFAULT_URL = 'http://localhost:4318';
const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * The collector that a person named: `url`, or without one what OpenTelemetry's environment variables say
 * (https://opentelemetry.io/docs/specs/otel/protocol/exporter/). Headers from the environment belong to the
 * endpoint of the environment, and never go to another one. Throws UsageErrors, without any header's value.
 */
export function readOtlpSettings(
  request: { url?: string; source?: string; headers: { [name: string]: string } },
  environment: Environment,
): OtlpSettings {
  const endpoint = (signal: Signal): OtlpEndpoint =>
    request.url === undefined
      ? fromEnvironment(signal, request.headers, environment)
      : {
          url: withPath(checkUrl(request.url, request.source ?? '--otlp'), signal),
          headers: checkHeaders(request.headers),
        };
  return {
    traces: endpoint('traces'),
    logs: endpoint('logs'),
    encoding: readEncoding(environment, request.url === undefined),
    timeoutMs: readTimeout(environment),
  };
}

function fromEnvironment(
  signal: Signal,
  given: { [name: string]: string },
  environment: Environment,
): OtlpEndpoint {
  const name = signal.toUpperCase();
  const own = environment.get(`OTEL_EXPORTER_OTLP_${name}_ENDPOINT`);
  const base = environment.get('OTEL_EXPORTER_OTLP_ENDPOINT') || DEFAULT_URL;
  // The endpoint of one signal is used as it stands; the common one gets the signal's path.
  const url = own
    ? checkUrl(own, `OTEL_EXPORTER_OTLP_${name}_ENDPOINT`).href
    : withPath(checkUrl(base, 'OTEL_EXPORTER_OTLP_ENDPOINT'), signal);
  const headers = {
    ...readHeaders('OTEL_EXPORTER_OTLP_HEADERS', environment),
    ...readHeaders(`OTEL_EXPORTER_OTLP_${name}_HEADERS`, environment),
    ...given,
  };
  return { url, headers: checkHeaders(headers) };
}

function checkUrl(text: string, source: string): URL {
  const url = readAddress(text);
  if (url === 'no-address') {
    throw new UsageError(`${source} is not an http or https address`, {
      remedy: `Write the collector's address, e.g. ${DEFAULT_URL}; /v1/traces and /v1/logs are added to it.`,
    });
  }
  if (url === 'credentials') {
    throw new UsageError(`${source} holds a user name or password`, {
      remedy: `Send it in a header instead: --otlp-header 'authorization=Basic \${env:NAME}'`,
    });
  }
  return url;
}

/** An address that names a signal already means the collector that the signal belongs to. */
function withPath(url: URL, signal: Signal): string {
  const base = new URL(url);
  base.hash = '';
  base.pathname = `${url.pathname.replace(/\/v1\/(traces|logs|metrics)\/?$/, '').replace(/\/$/, '')}/v1/${signal}`;
  return base.href;
}

/** `name=value,name=value`, values percent-encoded, as W3C baggage has it. */
function readHeaders(variable: string, environment: Environment): { [name: string]: string } {
  const text = environment.get(variable) ?? '';
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  return Object.fromEntries(pairs.map((pair) => readPair(pair, variable)));
}

function readPair(pair: string, variable: string): [string, string] {
  const at = pair.indexOf('=');
  if (at < 1) {
    throw new UsageError(`${variable} is not a list of headers`, {
      remedy: 'Write it as name=value,name=value.',
    });
  }
  const value = pair.slice(at + 1).trim();
  try {
    return [pair.slice(0, at).trim().toLowerCase(), decodeURIComponent(value)];
  } catch {
    return [pair.slice(0, at).trim().toLowerCase(), value];
  }
}

function checkHeaders(headers: { [name: string]: string }): { [name: string]: string } {
  const name = unsendableHeader(headers);
  if (name === undefined) return headers;
  throw new UsageError(`the header ${JSON.stringify(name)} cannot be sent`, {
    remedy: 'Its name or its value holds a character that HTTP does not allow, such as a line break.',
  });
}

function readEncoding(environment: Environment, all: boolean): OtlpSettings['encoding'] {
  const protocol = environment.get('OTEL_EXPORTER_OTLP_PROTOCOL');
  if (protocol === 'http/json') return 'json';
  if (!all || !protocol || protocol === 'http/protobuf') return 'protobuf';
  throw new UsageError(`OTEL_EXPORTER_OTLP_PROTOCOL asks for ${protocol}, which is not supported`, {
    remedy: 'Set it to http/protobuf or http/json, or name the collector: --otlp http://HOST:4318',
  });
}

function readTimeout(environment: Environment): number {
  const text = environment.get('OTEL_EXPORTER_OTLP_TIMEOUT') ?? '';
  return /^[1-9]\d{0,7}$/.test(text) ? Number(text) : DEFAULT_TIMEOUT_MS;
}
