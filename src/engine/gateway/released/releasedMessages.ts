import { PromptError } from '../../errors.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Message } from '../../model/message.ts';
import type { Prompt } from '../../model/prompt.ts';
import { collectInputs } from '../../prompts/promptInputs.ts';
import { renderPrompt } from '../../prompts/renderPrompt.ts';
import { RequestRefusal } from './requestRefusal.ts';

/**
 * The messages of a released prompt, filled in: all of them, or, where the client brings the conversation, only those of the system and
 * the developer, for which fewer variables may be needed. Throws RequestRefusal that names what is missing.
 */
export function releasedMessages(
  name: string,
  prompt: Prompt,
  variables: JsonObject,
  which: 'all' | 'system',
): Message[] {
  const used = which === 'all' ? prompt : systemPart(prompt);
  // A prompt of user messages alone, whose place the client's take.
  if (used.messages.length === 0) return [];

  refuseMissing(name, used, variables);
  try {
    const { messages } = renderPrompt(used, variables);
    return which === 'all' ? messages : messages.filter(isSystem);
  } catch (error) {
    if (error instanceof PromptError)
      throw new RequestRefusal(`release/${name}: ${error.message}`, { remedy: error.remedy, cause: error });
    throw error;
  }
}

export function isSystem({ role }: Pick<Message, 'role'>): boolean {
  return role === 'system' || role === 'developer';
}

/** The prompt without its other messages; the whole of it where its roles or blocks are known only once it is filled in. */
function systemPart(prompt: Prompt): Prompt {
  const makesRoles =
    prompt.syntax === 'handlebars' && prompt.messages.some(({ template }) => template.includes('role'));
  if (makesRoles) return prompt;

  const part = { ...prompt, messages: prompt.messages.filter(isSystem) };
  try {
    collectInputs(part, []);
    return part;
  } catch {
    return prompt;
  }
}

function refuseMissing(name: string, prompt: Prompt, variables: JsonObject): void {
  const declared = new Map(prompt.inputs.map((input) => [input.name, input]));
  const missing = collectInputs(prompt, []).filter((use) => {
    const input = declared.get(use.name);
    const isNeeded = input ? input.required && input.default === undefined : use.required;
    return use.required && isNeeded && !Object.hasOwn(variables, use.name);
  });
  if (missing.length === 0) return;

  const names = missing.map((use) => `"${use.name}"`).join(', ');
  throw new RequestRefusal(
    `release/${name} needs ${missing.length === 1 ? 'the variable' : 'the variables'} ${names}; send ${missing.length === 1 ? 'it' : 'them'} in "variables"`,
  );
}
