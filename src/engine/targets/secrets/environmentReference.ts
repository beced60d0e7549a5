import { ConfigError, type ErrorPlace } from '../../errors.ts';
import type { JsonValue } from '../../model/json.ts';
import { replaceReferences, variableReferences } from '../../model/variableReference.ts';
import type { Environment } from '../../ports.ts';

/**
 * Fills `${env:NAME}` and `${env:NAME:default}` in configured values from the environment, once; what a
 * variable holds is never looked into again. Throws ConfigError for a variable that is not set.
 */
export function resolveEnvironment(
  values: { [key: string]: string },
  environment: Environment,
  options: { owner: string; where?: ErrorPlace },
): { [key: string]: string } {
  const resolve = (key: string, value: string) => resolveText(key, value, environment, options);
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, resolve(key, value)]));
}

/** The same for one value; `key` is what it is for. */
export function resolveText(
  key: string,
  value: string,
  environment: Environment,
  options: { owner: string; where?: ErrorPlace },
): string {
  return replaceReferences(value, ({ name, fallback }) => {
    const found = environment.get(name) ?? fallback;
    if (found !== undefined) return found;
    throw new ConfigError(`${options.owner} needs the environment variable ${name} for "${key}"`, {
      where: options.where,
      remedy: `Set ${name}, or provide a default: \${env:${name}:value}`,
    });
  });
}

/** The variables that configured values refer to, as far as they are set: name → value. */
export function referredVariables(values: JsonValue, environment: Environment): { [name: string]: string } {
  const names = variableReferences(JSON.stringify(values)).map(({ name }) => name);
  return Object.fromEntries(
    names.flatMap((name): [string, string][] => {
      const value = environment.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Stands for the variables that a replay does without. */
export const NOT_NEEDED = 'not-needed-in-a-replay';
