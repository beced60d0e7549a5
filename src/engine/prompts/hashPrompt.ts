import { defined } from '../model/defined.ts';
import { contentHash } from '../model/hash.ts';
import type { Prompt } from '../model/prompt.ts';

/**
 * SHA-256 over all that decides what the model receives: templates, roles, syntax, defaults of inputs,
 * parameters, tools and response format. Names, descriptions and test data do not count, and a checkout with
 * CRLF has the same hash as one with LF.
 */
export function hashPrompt(prompt: Omit<Prompt, 'hash'>): string {
  return contentHash({
    syntax: prompt.syntax,
    messages: prompt.messages.map(({ role, template, beside }) => ({
      role,
      template: template.replaceAll('\r\n', '\n'),
      ...defined({ beside }),
    })),
    ...defined({ includes: prompt.includes }),
    defaults: prompt.inputs
      .filter((input) => input.default !== undefined || !input.required)
      .map((input) => [input.name, input.default ?? null]),
    parameters: prompt.model.parameters,
    tools: prompt.tools,
    responseFormat: prompt.responseFormat ?? null,
  });
}
