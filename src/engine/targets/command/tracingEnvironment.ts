import { OWN_ENDPOINT, personsEndpoint } from '../../model/otlpVariables.ts';
import type { Environment } from '../../ports.ts';

/** Of the signals apart from the general one: they would win over it. */
const OTHERS = [
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL',
  'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT',
  'OTEL_EXPORTER_OTLP_LOGS_PROTOCOL',
] as const;

/**
 * The endpoint that a person or a suite has set for a program; undefined where there is none, or the one that Touchstone sets for
 * all programs of a window.
 */
export function ownEndpoint(
  given: { readonly [name: string]: string },
  environment: Environment,
): string | undefined {
  return personsEndpoint(
    (name) => given[name] ?? (name === OWN_ENDPOINT ? environment.get(name) : undefined),
  );
}

/**
 * Variables by which an instrumented program sends its spans and log records to an endpoint, whatever its framework is.
 * What it is given already stays, but for the form in which they are sent.
 */
export function tracingEnvironment(
  endpoint: string,
  given: { readonly [name: string]: string },
): { [name: string]: string } {
  const kept = Object.fromEntries(
    Object.entries(given).filter(([name]) => !(OTHERS as readonly string[]).includes(name)),
  );
  return {
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'otlp',
    // Nothing is derived from them, and their export delays the end of a program.
    OTEL_METRICS_EXPORTER: 'none',
    // A program that is ended before its batch is full has sent what it had done by then. In milliseconds.
    OTEL_BSP_SCHEDULE_DELAY: '200',
    OTEL_BLRP_SCHEDULE_DELAY: '200',
    // Without it, instrumentations leave out what was said and which arguments tools were given. It stays on this machine.
    OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true',
    // Frameworks that do not read OpenTelemetry's variables.
    TRACELOOP_BASE_URL: endpoint,
    TRACELOOP_TELEMETRY: 'false',
    PHOENIX_COLLECTOR_ENDPOINT: endpoint,
    ...kept,
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
  };
}
