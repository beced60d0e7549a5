import type { Prompt, RenderedPrompt } from '../model/prompt.ts';

/**
 * Whether a case's input text has no place in the prompt: it has no variable and, but for a VS Code prompt
 * file, to which the person's own words are always added, no user message. Skills, agents, instructions and
 * plain text without variables are of this kind.
 */
export function needsUserInput(prompt: Prompt): boolean {
  if (prompt.inputs.length > 0) return false;
  return prompt.format === 'copilot-prompt' || prompt.messages.every((message) => message.role !== 'user');
}

/** The rendered prompt with a text added as the last message, from the user. */
export function withUserInput(rendered: RenderedPrompt, text: string): RenderedPrompt {
  return { ...rendered, messages: [...rendered.messages, { role: 'user', content: text }] };
}
