import type { JsonValue } from '../../model/json.ts';
import type { ProviderConfig } from '../../models/catalog.ts';
import type { Environment } from '../../ports.ts';
import type { TargetConfig } from '../../suites/targetConfig.ts';

/** A secret by the name of its variable or header. */
const SECRET_NAME = /auth|key|token|secret|pass|pwd|cookie|credential|bearer|private|session|signature/i;

/** What a variable may well hold that is no secret, and would be found in innocent texts: a word, a number, an address. */
const HARMLESS = /^(?:[A-Za-z]{1,16}|\d{1,6}|https?:\/\/[^\s?#@]+)$/;

/** What stands where a server asks for a key and does not look at it: `test`, `dummy`, `ollama`. No key is so short a word. */
const STAND_IN = /^(?:[a-z]{1,8}|[A-Z]{1,8})$/;

/** The keys that a run is configured with: of its providers and its targets, whatever their kind. */
export function configuredSecrets(
  providers: Readonly<Record<string, ProviderConfig>>,
  targets: readonly TargetConfig[],
  environment: Environment,
): string[] {
  return [
    ...Object.values(providers).flatMap(({ apiKey = '', headers = {} }) => [
      ...variablesIn({ apiKey, headers }).flatMap((name) => keyValue(environment.get(name))),
      ...writtenSecrets(headers),
    ]),
    ...targets.flatMap((target) => [
      ...targetVariables(target).flatMap((name) => secretValue(name, environment.get(name))),
      ...writtenSecrets(settingsOf(target)),
    ]),
  ];
}

/** Names of the variables that a target is configured with. */
export function targetVariables(target: TargetConfig): string[] {
  switch (target.kind) {
    case 'http':
      return variablesIn(target.headers);
    case 'command':
      return variablesIn(target.env);
    case 'promptfoo':
      return variablesIn({ call: target.provider.call, program: target.template.program?.env });
    default:
      return [];
  }
}

/** The value of a variable, where it may be a secret. */
export function secretValue(name: string, value: string | undefined): string[] {
  const text = value?.trim() ?? '';
  return HARMLESS.test(text) && !SECRET_NAME.test(name) ? [] : keyValue(text);
}

function keyValue(value: string | undefined): string[] {
  const text = value?.trim() ?? '';
  return text === '' || STAND_IN.test(text) ? [] : [text];
}

function variablesIn(configured: unknown): string[] {
  const names = [...JSON.stringify(configured).matchAll(/\$\{env:([^}:]+)/g)];
  return [...new Set(names.map(([, name = '']) => name.trim()))];
}

/** Values that stand in the configuration itself, of headers and variables that carry a key by their name. */
function writtenSecrets(settings: { [name: string]: string }): string[] {
  return Object.entries(settings)
    .filter(([name, value]) => SECRET_NAME.test(name) && !HARMLESS.test(value) && !value.includes('${env:'))
    .map(([, value]) => value);
}

/** What a target is sent by name: headers, variables, parts of a query. */
function settingsOf(target: TargetConfig): { [name: string]: string } {
  if (target.kind === 'http') return { ...target.headers, ...partsOf(target.url) };
  if (target.kind === 'command') return target.env;
  if (target.kind !== 'promptfoo') return {};
  const { call } = target.provider;
  const env = { ...target.template.program?.env, ...('env' in call ? call.env : {}) };
  if (call.kind === 'http') return { ...call.headers, ...call.query, ...partsOf(call.url) };
  return 'options' in call ? { ...namedTexts(call.options), ...env } : env;
}

/** The texts of plain data by the name that each stands under, at any depth. */
function namedTexts(value: JsonValue, name = ''): { [name: string]: string } {
  if (typeof value === 'string') return { [name]: value };
  if (typeof value !== 'object' || value === null) return {};
  const parts = Array.isArray(value) ? value.map((item) => [name, item] as const) : Object.entries(value);
  // Two of the same name are both kept.
  const texts = parts.flatMap(([key, item], at) =>
    Object.entries(namedTexts(item, key)).map(([own, text]) => [`${own}.${at}`, text]),
  );
  return Object.fromEntries(texts);
}

/** What an address carries: its query, and the password before its host. */
function partsOf(address: string): { [name: string]: string } {
  if (!URL.canParse(address)) return {};
  const { searchParams, password } = new URL(address);
  return {
    ...Object.fromEntries(searchParams),
    ...(password === '' ? {} : { password: unescaped(password) }),
  };
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
