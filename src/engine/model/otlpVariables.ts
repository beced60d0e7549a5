/**
 * Beside OTEL_EXPORTER_OTLP_ENDPOINT where Touchstone has set that, with the same value: an endpoint that differs, or stands alone, is
 * the person's own.
 */
export const OWN_ENDPOINT = 'TOUCHSTONE_OTLP_ENDPOINT';

/** By which a person says where telemetry goes. */
const ENDPOINTS = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT',
] as const;

/** The endpoint that a person has set; undefined where there is none, or only the one that Touchstone has set. */
export function personsEndpoint(get: (name: string) => string | undefined): string | undefined {
  const ours = get(OWN_ENDPOINT);
  return ENDPOINTS.map(get).find((value) => value !== undefined && value !== '' && value !== ours);
}

/** What a program needs to send its traces to `endpoint`. */
export function otlpVariables(endpoint: string, token: string | null): { [name: string]: string } {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    ...(token === null ? {} : { OTEL_EXPORTER_OTLP_HEADERS: `Authorization=Bearer%20${token}` }),
    [OWN_ENDPOINT]: endpoint,
  };
}
