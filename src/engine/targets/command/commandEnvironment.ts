import { defined } from '../../model/defined.ts';
import type { Environment, Span } from '../../ports.ts';

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
  'OTEL_SERVICE_NAME',
  'OTEL_SDK_DISABLED',
  'OTEL_TRACES_EXPORTER',
  'OTEL_METRICS_EXPORTER',
  'OTEL_LOGS_EXPORTER',
  // Who to trust, and which interpreter: paths, no keys. NODE_OPTIONS and PYTHONPATH change what a program is: name them.
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'REQUESTS_CA_BUNDLE',
  'VIRTUAL_ENV',
  'CONDA_PREFIX',
] as const;

/** Passed on where they hold no password. */
const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap((name) => [
  name,
  name.toLowerCase(),
]);

/** Whether a program gets the variable in any case. */
export function isPassedOn(name: string): boolean {
  return (PASSED_ON as readonly string[]).includes(name);
}

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
  for (const name of PROXIES) {
    const value = environment.get(name);
    if (value !== undefined && !value.includes('@')) kept[name] = value;
  }
  return { ...kept, ...added };
}

/** W3C trace context for a child process; empty when nothing is traced. */
export function traceEnvironment(span: Span): { [name: string]: string } {
  const { traceparent, baggage } = span;
  return defined({ TRACEPARENT: traceparent || undefined, BAGGAGE: baggage || undefined });
}
