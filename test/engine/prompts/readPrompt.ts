import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PromptError, UserError } from '../../../src/engine/errors.ts';
import type { Prompt } from '../../../src/engine/model/prompt.ts';
import { fixedEnvironment } from '../../../src/engine/ports.ts';
import { type ParseOptions, parsePrompt } from '../../../src/engine/prompts/parsePrompt.ts';

export const fixtures: string = fileURLToPath(new URL('../../fixtures/prompts', import.meta.url));

/** A prompt of the fixtures' folder, as the workspace would have it. */
export function readFixture(path: string, environment: { [name: string]: string } = {}): Prompt {
  return parse(path, readFileSync(`${fixtures}/${path}`, 'utf8'), environment);
}

export function parse(
  path: string,
  text: string,
  environment: { [name: string]: string } = {},
  options: Partial<ParseOptions> = {},
): Prompt {
  return parsePrompt(
    { path, text },
    { root: fixtures, environment: fixedEnvironment(environment), ...options },
  );
}

/** What a person is told of the error that `act` throws, as `file:line:column: what` and the remedy. */
export function complaint(
  act: () => unknown,
  type: new (...args: never[]) => UserError = PromptError,
): string {
  try {
    act();
  } catch (error) {
    if (error instanceof UserError && error instanceof type) return error.describe();
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** The text of the file at a place, up to `length` characters. */
export function textAt(text: string, at: { line: number; column: number }, length: number): string {
  return (text.split('\n')[at.line - 1] ?? '').slice(at.column - 1, at.column - 1 + length);
}
