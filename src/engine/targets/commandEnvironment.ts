import type { Environment, Span } from '../ports.ts';

/** What a program needs to start and find its way, and nothing that is likely to hold a secret. */
const PASSED_ON = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'TMPDIR',
  'TMP',
  'TEMP',
  // Windows programs fail in odd ways without these.
  'SystemRoot',
  'SystemDrive',
  'ComSpec',
  'PATHEXT',
  'USERPROFILE',
  'HOMEDRIVE',
  'HOMEPATH',
  'APPDATA',
  'LOCALAPPDATA',
  'ProgramData',
  'ProgramFiles',
  // Where the agent's own spans go. OTEL_EXPORTER_OTLP_HEADERS holds keys: name it under `env` if it is needed.
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_PROTOCOL',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL',
] as const;

/** The allow-listed part of the environment, with what the suite adds on top. */
export function scrubbedEnvironment(
  environment: Environment,
  added: { [name: string]: string },
): { [name: string]: string } {
  const kept: { [name: string]: string } = {};
  for (const name of PASSED_ON) {
    const value = environment.get(name);
    if (value !== undefined) kept[name] = value;
  }
  return { ...kept, ...added };
}

/** W3C trace context for a child process; empty when nothing is traced. */
export function traceEnvironment(span: Span): { [name: string]: string } {
  const { traceparent, baggage } = span;
  return { ...(traceparent ? { TRACEPARENT: traceparent } : {}), ...(baggage ? { BAGGAGE: baggage } : {}) };
}
