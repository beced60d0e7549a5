import { posix } from 'node:path';
import { PromptError } from '../../errors.ts';
import { resolveInside } from '../../files/confine.ts';
import { parseJson } from '../../files/formats/parseJson.ts';
import { readText } from '../../files/readText.ts';
import { excerpt } from '../../files/text/excerpt.ts';
import type { JsonValue } from '../../model/json.ts';
import type { SourceLocation } from '../../model/location.ts';
import { soleReference } from '../../model/variableReference.ts';
import type { Environment } from '../../ports.ts';

/** What references in a prompt file may reach. */
export interface ReferenceScope {
  /** Absolute path of the workspace; files outside it are refused. */
  root: string;
  environment: Environment;
}

/** Thrown for `${env:NAME}` without a value, so that a caller may do without it. */
export class UnsetVariable extends PromptError {}

/**
 * Replaces strings that consist of `${env:NAME}`, `${env:NAME:default}` or `${file:path}`, at any depth; inside longer
 * strings they are left alone, as in Prompty's own loaders. `${file:x.json}` becomes the parsed JSON. Paths are
 * relative to the prompt's folder and must stay in the workspace. Replaced values are not searched again. Throws
 * UnsetVariable and FileError.
 */
export function resolveReferences(value: JsonValue, where: SourceLocation, scope: ReferenceScope): JsonValue {
  if (Array.isArray(value)) return value.map((item) => resolveReferences(item, where, scope));
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => [key, resolveReferences(item, where, scope)]);
    return Object.fromEntries(entries);
  }
  const [, kind, rest = ''] = (typeof value === 'string' && REFERENCE.exec(value)) || [];
  if (kind === undefined) return value;
  if (kind === 'env') return readVariable(String(value), where, scope.environment);
  const file = rest.trim();
  return file.toLowerCase().endsWith('.json') ? readJson(file, where, scope) : readFile(file, where, scope);
}

const REFERENCE = /^\s*\$\{(env|file):([\s\S]*)\}\s*$/;

function readVariable(written: string, where: SourceLocation, environment: Environment): string {
  const reference = soleReference(written);
  if (!reference) {
    throw new UnsetVariable(`${excerpt(written.trim())} does not name an environment variable`, {
      where,
      remedy: 'Write it as ${env:NAME}.',
    });
  }

  const { name, fallback } = reference;
  const value = environment.get(name) ?? fallback;
  if (value !== undefined) return value;

  throw new UnsetVariable(`the environment variable ${name} is not set`, {
    where,
    remedy: `Set ${name}, or provide a default: \${env:${name}:value}`,
  });
}

function readFile(reference: string, where: SourceLocation, scope: ReferenceScope): string {
  return readText(resolvePath(reference, where, scope), shown(reference, where));
}

function readJson(reference: string, where: SourceLocation, scope: ReferenceScope): JsonValue {
  return parseJson(readFile(reference, where, scope), shown(reference, where)).value;
}

function resolvePath(reference: string, where: SourceLocation, scope: ReferenceScope): string {
  return resolveInside(scope.root, reference, where, {
    base: posix.join(scope.root.replaceAll('\\', '/'), posix.dirname(where.path)),
  });
}

function shown(reference: string, where: SourceLocation): string {
  return posix.join(posix.dirname(where.path), reference);
}
