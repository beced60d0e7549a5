import type { JsonObject } from '../../model/json.ts';
import type { SourceLocation } from '../../model/location.ts';
import {
  ASKS_NOBODY,
  PROGRAM,
  promptWith,
  SERVER,
  type TargetCapabilities,
} from '../../targets/capabilities.ts';
import { programPlace } from '../../targets/command/programPlace.ts';
import { secretsOf, type TargetSecrets } from '../../targets/secrets/targetSecrets.ts';
import type { PromptfooPrompt } from '../prompts/promptfooPrompt.ts';
import type { PromptfooCall, PromptfooProvider } from '../providers/promptfooProvider.ts';

/** What the configuration tells of a prompt with a provider. */
export function describedCapabilities(
  prompt: PromptfooPrompt,
  provider: PromptfooProvider,
  location: SourceLocation,
): TargetCapabilities {
  const { path } = prompt.location;
  const called = calledBy(provider.call);
  return {
    ...called,
    // A prompt that stands in the configuration itself has no file of its own.
    promptFile: path === location.path ? null : path,
    conversation: prompt.conversation === true,
    startsPrograms: called.startsPrograms || prompt.program !== undefined,
    safeToMirror: called.safeToMirror && prompt.program === undefined,
    secrets: secretsWith(provider, prompt),
  };
}

function calledBy(call: PromptfooCall): TargetCapabilities {
  switch (call.kind) {
    case 'model':
      return { ...promptWith(call.model), tools: call.tools.map(({ name }) => name) };
    case 'http':
      return SERVER;
    case 'exec':
    case 'program':
      return PROGRAM;
    case 'echo':
    case 'unsupported':
      return ASKS_NOBODY;
  }
}

/** What a provider is configured with, together with the function that writes its prompt. */
export function secretsWith(provider: PromptfooProvider, prompt?: PromptfooPrompt): TargetSecrets {
  const { call, fileEnv } = provider;
  const program = prompt?.program;
  const { named, ...rest } = settingsOf(call);
  return secretsOf({
    ...rest,
    refers: [call, program?.env ?? {}],
    named: [{ ...fileEnv }, program?.env ?? {}, ...named],
    destination: destinationOf(provider, prompt),
  });
}

function settingsOf(call: PromptfooCall): { named: JsonObject[]; address?: string; sent?: unknown } {
  switch (call.kind) {
    case 'http':
      return { named: [call.headers, call.query], address: call.url, sent: call.body ?? null };
    case 'exec':
    case 'program':
      return { named: [call.options, call.env] };
    case 'model':
    case 'echo':
    case 'unsupported':
      return { named: [] };
  }
}

/** The origin of an address; for a program its folder and command, since another program is another matter. */
function destinationOf({ call, id }: PromptfooProvider, prompt: PromptfooPrompt | undefined): string {
  switch (call.kind) {
    case 'http': {
      const url = URL.parse(call.url);
      if (url && url.origin !== 'null' && !url.host.includes('%7B')) return url.origin;
      return programPlace(prompt?.program?.cwd ?? '.', [call.url]);
    }
    case 'exec':
      return programPlace(call.cwd, call.command);
    case 'program':
      return programPlace(call.cwd, [call.file]);
    case 'model':
    case 'echo':
    case 'unsupported':
      return programPlace(prompt?.program?.cwd ?? '.', [id]);
  }
}
