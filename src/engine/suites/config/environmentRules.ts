import type { Pointer } from '../../files/formats/document.ts';
import { isJsonObject, type JsonValue } from '../../model/json.ts';
import { attemptedReferences, soleReference } from '../../model/variableReference.ts';
import { type ConfigReader, reportAt } from './configReader.ts';
import { pointerText } from './plainWords.ts';

/** Headers that hold a secret as a rule. */
const SECRET_HEADER = /^(?:authorization|proxy-authorization|cookie|(?:x-)?api-key|x-auth-token)$/i;

/**
 * Environment variables are filled in for the keys and headers of providers, for the headers and `env` of targets, for the headers
 * of `traces.forward`, for the `environment` of versions that are programs and for the secrets of webhooks, nowhere else; and secrets stand nowhere but in the environment. Reports what
 * breaks this.
 */
export function checkEnvironmentUse(reader: ConfigReader): void {
  visit(reader, reader.document.value, []);
}

/** The same for a part of the file, and where it stands. */
export function checkEnvironmentAt(reader: ConfigReader, part: JsonValue, at: Pointer): void {
  visit(reader, part, at);
}

function visit(reader: ConfigReader, value: JsonValue, at: Pointer): void {
  if (typeof value === 'string') checkText(reader, value, at);
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) visit(reader, item, [...at, index]);
  } else if (isJsonObject(value)) {
    for (const [key, item] of Object.entries(value)) visit(reader, item, [...at, key]);
  }
}

function checkText(reader: ConfigReader, text: string, at: Pointer): void {
  const use = useAt(at);
  if (use === 'key' && !isKeyReference(text)) reportLiteralKey(reader, at);
  else if (isLiteralSecret(use, text, at)) reportLiteralHeader(reader, at);
  else if (use === 'address' && hasCredentials(text)) reportCredentials(reader, at);
  else if (use !== 'text') checkReferences(reader, text, at, use === 'address' || use === 'other');
}

function isLiteralSecret(use: Use, text: string, at: Pointer): boolean {
  return use === 'header' && SECRET_HEADER.test(String(at.at(-1))) && !text.includes('${env:');
}

function checkReferences(reader: ConfigReader, text: string, at: Pointer, misplaced: boolean): void {
  for (const { written, valid } of attemptedReferences(text)) {
    if (misplaced) reportMisplaced(reader, at, written);
    else if (!valid) reportMalformed(reader, at, written);
  }
}

/** A key has no default: it would be written down. */
function isKeyReference(text: string): boolean {
  const reference = soleReference(text);
  return reference !== undefined && reference.fallback === undefined;
}

function reportMalformed(reader: ConfigReader, at: Pointer, written: string): void {
  reportAt(reader, at, {
    code: 'invalid-environment-reference',
    message: `${pointerText(at)}: ${written} does not name an environment variable`,
    remedy: 'Write it as ${env:NAME}.',
  });
}

function reportLiteralKey(reader: ConfigReader, at: Pointer): void {
  const owner = String(at[1] ?? '').toUpperCase();
  const kind = at[0] === 'notify' || at[0] === 'stream' ? 'SECRET' : 'API_KEY';
  const name = `${owner.replace(/[^A-Z0-9]+/g, '_')}_${kind}`;
  reportAt(reader, at, {
    code: 'literal-key',
    message: `${pointerText(at)} must not hold the key itself`,
    remedy: `Put the key into an environment variable and write "\${env:${name}}". If the file was shared, replace the key.`,
  });
}

function reportLiteralHeader(reader: ConfigReader, at: Pointer): void {
  reportAt(reader, at, {
    code: 'literal-key',
    message: `${pointerText(at)} must not hold the secret itself`,
    remedy: 'Put it into an environment variable and write ${env:NAME} in its place.',
  });
}

function reportCredentials(reader: ConfigReader, at: Pointer): void {
  reportAt(reader, at, {
    code: 'literal-key',
    message: `${pointerText(at)} holds a user name or password`,
    remedy:
      at[0] === 'notify' || at[0] === 'gateway' || at[0] === 'deployments'
        ? 'Take it out of the address.'
        : 'Take it out of the address, and send it as a header with ${env:NAME}.',
  });
}

function reportMisplaced(reader: ConfigReader, at: Pointer, written: string): void {
  reportAt(reader, at, {
    code: 'misplaced-environment-reference',
    message: `${written} is not filled in here (${pointerText(at)})`,
    remedy:
      'Environment variables are filled in for api_key and headers of providers, for headers and env of targets, for headers of traces.forward and stream, for environment of versions, and for the secret of a webhook.',
  });
}

/** What a text at some place is for. `text`: free text, in which `${env:…}` means nothing. */
type Use = 'key' | 'header' | 'env' | 'address' | 'text' | 'other';

function useAt(at: Pointer): Use {
  const [top, , third, , fifth, sixth] = at;
  if (top === 'providers') {
    if (third === 'api_key') return 'key';
    if (third === 'base_url') return 'address';
    return third === 'headers' ? 'header' : 'other';
  }
  if (top === 'monitors') return third === 'description' || third === 'evaluators' ? 'text' : 'other';
  if (top === 'traces') {
    if (at.includes('headers')) return 'header';
    return at.at(-1) === 'url' ? 'address' : 'other';
  }
  if (top === 'stream') {
    if (third === 'headers') return 'header';
    return third === 'secret' ? 'key' : 'address';
  }
  if (top === 'gateway') return at.at(-1) === 'url' ? 'address' : 'other';
  if (top === 'deployments') {
    if (third === 'versions' && fifth === 'environment') return 'env';
    return at.at(-1) === 'url' ? 'address' : 'other';
  }
  if (top === 'notify') return third === 'secret' ? 'key' : 'address';
  if (top === 'alerts' && third === 'description') return 'text';
  if (top !== 'suites') return 'other';
  if (third === 'description' || third === 'evaluators') return 'text';
  if (third !== 'targets') return 'other';
  if (fifth === 'env') return 'env';
  if (fifth !== 'http') return 'other';
  if (sixth === 'headers') return 'header';
  return sixth === undefined || sixth === 'url' ? 'address' : 'other';
}

function hasCredentials(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && (url.username !== '' || url.password !== '');
}
