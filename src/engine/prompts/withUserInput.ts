import type { Prompt, RenderedPrompt } from '../model/prompt.ts';

/**
 * Whether the prompt has no place for a case's input text: it has no variables and no user message. (A VS Code prompt
 * file always gets the user's input added.) Applies to skills, agents, instructions and plain text without variables.
 */
export function needsUserInput(prompt: Prompt): boolean {
  if (prompt.inputs.length > 0) return false;
  return prompt.format === 'copilot-prompt' || prompt.messages.every((message) => message.role !== 'user');
}

/** The rendered prompt with a text added as the last message, from the user. */
export function withUserInput(rendered: RenderedPrompt, text: string): RenderedPrompt {
  return { ...rendered, messages: [...rendered.messages, { role: 'user', content: text }] };
}
