import { UserError } from '../../errors.ts';
import { unknownKeys } from '../../evaluators/options/assertionOptions.ts';
import { evaluatorDefinition } from '../../evaluators/registry.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { SourceLocation } from '../../model/location.ts';
import { type PromptfooReader, warn } from '../config/promptfooReader.ts';

/**
 * The assertion without keys that nobody reads, here or in promptfoo, which leaves them out without a word. They are
 * warned of, once for a type and a key. The same object where there are none.
 */
export function withoutUnknownKeys(
  reader: PromptfooReader,
  assertion: JsonObject,
  location: SourceLocation,
): JsonObject {
  const { assert } = assertion;
  const members = Array.isArray(assert)
    ? assert.map((item) => (isJsonObject(item) ? withoutUnknownKeys(reader, item, location) : item))
    : undefined;
  const isSame = members === undefined || members.every((item, index) => item === listOf(assert)[index]);
  const whole = isSame ? assertion : { ...assertion, assert: members };

  const unknown = unknownOf(assertion);
  if (unknown.length === 0) return whole;
  for (const { key } of unknown) warnOf(reader, String(assertion['type']), key, location);
  const dropped = (inConfig: boolean) =>
    new Set(unknown.filter((one) => one.inConfig === inConfig).map(({ key }) => key));
  const { config } = whole;
  const kept = without(whole, dropped(false));
  return isJsonObject(config) ? { ...kept, config: without(config, dropped(true)) } : kept;
}

function unknownOf(assertion: JsonObject): ReturnType<typeof unknownKeys> {
  const { type } = assertion;
  if (typeof type !== 'string') return [];
  try {
    return unknownKeys(assertion, evaluatorDefinition(type.replace(/^not-/, '')));
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

function warnOf(reader: PromptfooReader, type: string, key: string, location: SourceLocation): void {
  const message = `"${key}" of ${type} is no key that is known, and is left out`;
  if (reader.problems.some((problem) => problem.message === message)) return;
  warn(reader, location, {
    code: 'unknown-key',
    message,
    remedy: 'promptfoo leaves it out, too. Check its spelling, or remove it.',
  });
}

function without(object: JsonObject, keys: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.has(key)));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
