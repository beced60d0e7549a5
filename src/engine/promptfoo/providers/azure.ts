import type { JsonObject, JsonValue } from '../../model/json.ts';
import { replaceReferences } from '../../model/variableReference.ts';
import type { Environment } from '../../ports.ts';

/** Hosts at which nobody but Azure receives a key. */
const AZURE = /\.(?:openai\.azure\.com|cognitiveservices\.azure\.com|services\.ai\.azure\.com)$/i;

/**
 * The OpenAI-compatible address of an Azure resource, which is `config.apiHost`, `config.apiBaseUrl`, or one of promptfoo's
 * environment variables. Undefined where none names it.
 */
export function azureBaseUrl(config: JsonObject, environment: Environment): string | undefined {
  const base = text(config['apiBaseUrl']) ?? text(environment.get('AZURE_API_BASE_URL'));
  const host =
    text(config['apiHost']) ??
    text(environment.get('AZURE_API_HOST')) ??
    text(environment.get('AZURE_OPENAI_API_HOST'));
  const address = base ?? (host === undefined ? undefined : `https://${host.replace(/^https?:\/\//, '')}`);
  const filled = replaceReferences(
    address ?? '',
    ({ name, fallback }) => environment.get(name) ?? fallback ?? '',
  );
  const url = URL.parse(filled);
  if (!url || url.hostname === '') return undefined;
  const path = url.pathname.split('/').filter((part) => part !== '');
  return `${url.origin}/${path.length === 0 ? 'openai/v1' : path.join('/')}`;
}

/** The person's Azure key as a reference, for Azure's own hosts only. */
export function azureKey(baseUrl: string, environment: Environment): string | undefined {
  const { hostname, protocol } = new URL(baseUrl);
  if (protocol !== 'https:' || !AZURE.test(hostname)) return undefined;
  const name = environment.get('AZURE_API_KEY') ? 'AZURE_API_KEY' : 'AZURE_OPENAI_API_KEY';
  return `\${env:${name}}`;
}

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
