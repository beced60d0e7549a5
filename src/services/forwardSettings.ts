import type { Environment } from '../engine/ports.ts';
import { resolveEnvironment } from '../engine/targets/secrets/environmentReference.ts';
import { type OtlpSettings, readOtlpSettings } from '../engine/telemetry/otlp/otlpSettings.ts';

export interface Destination {
  url: string;
  /** Values may hold `${env:NAME}`. */
  headers: { [name: string]: string };
  /** What messages call its address and its headers. */
  owner: { url: string; headers: string };
}

/**
 * Where and with what headers received traces are sent on: keys from the environment, to this address only, and what the service needs
 * besides. A user name and password in the address become a header. Throws UserErrors that never show a value.
 */
export function forwardSettings(
  { url, headers, owner }: Destination,
  environment: Environment,
): OtlpSettings {
  const { bare, basic } = withoutCredentials(url);
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const given = resolveEnvironment(Object.fromEntries(lower), environment, { owner: owner.headers });
  const named = basic === undefined ? given : { authorization: basic, ...given };
  const encoded = Object.entries(named).map(([name, value]) => [
    name,
    name === 'authorization' ? encodedBasic(value) : value,
  ]);
  // Without it, Langfuse shows what it was sent only after minutes.
  const langfuse = /\/api\/public\/otel(?:\/|$)/.test(bare) ? { 'x-langfuse-ingestion-version': '4' } : {};
  return readOtlpSettings(
    { url: bare, source: owner.url, headers: { ...langfuse, ...Object.fromEntries(encoded) } },
    environment,
  );
}

/** Without what may hold a key. */
export function shownAddress({ traces }: OtlpSettings): string {
  const { origin, pathname } = new URL(traces.url);
  return `${origin}${pathname.replace(/\/v1\/traces$/, '')}`;
}

function withoutCredentials(text: string): { bare: string; basic: string | undefined } {
  const url = URL.parse(text);
  if (!url || (url.username === '' && url.password === '')) return { bare: text, basic: undefined };

  const pair = `${decoded(url.username)}:${decoded(url.password)}`;
  url.username = '';
  url.password = '';
  return { bare: url.href, basic: `Basic ${pair}` };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `Basic NAME:PASSWORD`, as variables are easily put together, in the form that is sent (RFC 7617). */
function encodedBasic(value: string): string {
  const [, pair] = /^basic +(\S*:.*)$/is.exec(value) ?? [];
  return pair === undefined ? value : `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
}
