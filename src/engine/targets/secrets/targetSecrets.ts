import { isJsonObject } from '../../model/json.ts';
import { variableReferences } from '../../model/variableReference.ts';
import type { Environment } from '../../ports.ts';
import { isWrittenSecret, secretValue } from './secretValue.ts';

/** The secrets that a target is configured with, as far as the configuration tells them. */
export interface TargetSecrets {
  /** The environment variables that it takes; `fallback` is used for one that is not set. */
  readonly variables: readonly { name: string; fallback?: string }[];
  /** Values that stand in the configuration itself. */
  readonly written: readonly string[];
  /** Where they go: the origin of an address, or a program in its folder; null where nothing is sent. */
  readonly destination: string | null;
}

export const NO_SECRETS: TargetSecrets = { variables: [], written: [], destination: null };

interface Settings {
  /** Where `${env:NAME}` is filled in. */
  refers?: unknown;
  /** Settings by name: headers, variables, options. */
  named?: unknown;
  /** An address that may carry some. */
  address?: string;
  /** What is sent: its fields are mostly no secrets, so only those that can be nothing else count. */
  sent?: unknown;
  destination: string | null;
}

/** What the settings of a target hold. */
export function secretsOf({
  refers = null,
  named = null,
  address,
  sent,
  destination,
}: Settings): TargetSecrets {
  const texts = [...namedTexts(named), ...(address === undefined ? [] : partsOf(address))];
  const written = texts.filter(({ name, text }) => isWrittenSecret(name, text));
  const keys = sent === undefined ? [] : namedTexts(sent).filter(({ name, text }) => isSentKey(name, text));
  return {
    variables: variablesIn(refers),
    written: [...written, ...keys].map(({ text }) => text),
    destination,
  };
}

/** The values, as far as they may be secrets. */
export function secretValues({ variables, written }: TargetSecrets, environment: Environment): string[] {
  return [
    ...variables.flatMap(({ name, fallback }) => secretValue(name, environment.get(name) ?? fallback)),
    ...written,
  ];
}

/** The variables that a configured value refers to, each once. */
export function variablesIn(configured: unknown): { name: string; fallback?: string }[] {
  const found = new Map<string, { name: string; fallback?: string }>();
  for (const text of textsIn(configured)) {
    for (const { name, fallback } of variableReferences(text)) {
      const known = found.get(name);
      if (known && (known.fallback !== undefined || fallback === undefined)) continue;
      found.set(name, fallback === undefined ? { name } : { name, fallback });
    }
  }
  return [...found.values()];
}

interface NamedText {
  name: string;
  text: string;
}

/** The texts of plain data by the name that each stands under, at any depth, and those that stand within a text. */
function namedTexts(value: unknown, name = ''): NamedText[] {
  if (typeof value === 'string') return [{ name, text: value }, ...pairsIn(value)];
  if (Array.isArray(value)) return value.flatMap((item) => namedTexts(item, name));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => namedTexts(item, key));
}

/** `"api_key": "x"`, `token=x`: a body that is written as a text, the parts of a cookie or of an address. */
function pairsIn(text: string): NamedText[] {
  const pairs = text.matchAll(/([A-Za-z_][\w.-]*)["']?\s*[=:]\s*["']?([^\s"'&;,{}[\]]+)/g);
  return [...pairs].map(([, name = '', found = '']) => ({ name, text: found }));
}

/** A field that is called a key by its last word, with a value that is one word. */
function isSentKey(name: string, text: string): boolean {
  const words = name.replace(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase();
  const isKey =
    /(?:^|[_.-])(?:api_?key|key|token|secret|password|passwd|pwd|auth|authorization|credentials?)$/;
  return isKey.test(words) && /^(?:\w+ )?\S{8,}$/.test(text) && isWrittenSecret(name, text);
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) || isJsonObject(value) ? Object.values(value).flatMap(textsIn) : [];
}

/** What an address carries: its query, and the password before its host. */
function partsOf(address: string): NamedText[] {
  const url = URL.parse(address);
  if (!url) return pairsIn(address);
  const query = [...url.searchParams].map(([name, text]) => ({ name, text }));
  return url.password === '' ? query : [...query, { name: 'password', text: unescaped(url.password) }];
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
