import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { SourceLocation } from '../../model/location.ts';
import { type PromptfooReader, warn } from '../config/promptfooReader.ts';
import type { PromptfooPrompt } from '../prompts/promptfooPrompt.ts';
import type { PromptfooProvider } from '../providers/promptfooProvider.ts';
import { isAllowed, isProvider } from '../targets/planTargets.ts';
import type { RawTest } from './readTests.ts';

/** Longest list of names, and longest name, in a message. */
const MAX_NAMES = 20;
const MAX_LENGTH = 80;

/**
 * Reports the names of prompts and providers in tests that name none, which ends the evaluation in promptfoo as well:
 * such a test would be left out without a word.
 */
export function refuseUnknownNames(
  reader: PromptfooReader,
  tests: readonly RawTest[],
  prompts: readonly PromptfooPrompt[],
  providers: readonly PromptfooProvider[],
): void {
  const labels = prompts.flatMap(({ label, id }) => (id === undefined ? [label] : [label, id]));
  const ids = providers.flatMap(({ label, id }) => (label === undefined ? [id] : [label, id]));
  for (const { test, location } of tests) {
    for (const name of namesIn(test['prompts'])) {
      if (!prompts.some((prompt) => isAllowed(prompt, [name])))
        report(reader, location, 'prompt', name, labels);
    }
    for (const name of namesIn(test['providers'])) {
      if (!providers.some((provider) => isProvider(name, provider)))
        report(reader, location, 'provider', name, ids);
    }
  }
}

/** Says where tests belong to a conversation that nothing is told of. */
export function warnOfUnreadConversation(
  reader: PromptfooReader,
  tests: readonly RawTest[],
  prompts: readonly PromptfooPrompt[],
): void {
  if (prompts.some(({ conversation }) => conversation)) return;
  const first = tests.find(({ test }) => conversationOf(test) !== undefined);
  if (!first) return;
  warn(reader, first.location, {
    code: 'unread-conversation',
    message:
      'tests have a conversationId, but no prompt reads _conversation: no turn is told of earlier ones',
    remedy: 'Read _conversation in the prompt, or leave conversationId out.',
  });
}

function conversationOf({ metadata }: JsonObject): unknown {
  return isJsonObject(metadata) ? (metadata['conversationId'] ?? undefined) : undefined;
}

function namesIn(value: JsonObject[string] | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function report(
  reader: PromptfooReader,
  location: SourceLocation,
  what: 'prompt' | 'provider',
  name: string,
  known: readonly string[],
): void {
  const shown = [...new Set(known)].map(cut).slice(0, MAX_NAMES);
  const more = known.length > shown.length ? ', …' : '';
  reader.problems.push({
    severity: 'error',
    code: `unknown-${what}`,
    message: `the test names the ${what} '${cut(name)}', but there is no ${what} of that name`,
    location,
    remedy: `The ${what}s of this file are: ${shown.join(', ') || '(none)'}${more}`,
  });
}

function cut(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}…` : line;
}
