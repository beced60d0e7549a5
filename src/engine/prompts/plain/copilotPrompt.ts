import { defined } from '../../model/defined.ts';
import type { Prompt } from '../../model/prompt.ts';
import { readFrontMatter } from '../fields/frontMatter.ts';
import { finishPrompt } from '../finishPrompt.ts';
import type { PromptSource } from '../promptSource.ts';

/**
 * A VS Code prompt file (`.prompt.md`): the body is one message from the user. Its `tools` name tools of the
 * editor, whose definitions are not in the file, so none are sent.
 */
export function parseCopilotPrompt(source: PromptSource): Prompt {
  const { fields, body } = readFrontMatter(source);
  const span = source.trim(body);

  // VS Code takes a list of models as an order of preference.
  const id = fields.strings(['model'])?.[0];

  return finishPrompt({
    path: source.path,
    format: 'copilot-prompt',
    name: fields.string(['name']),
    description: fields.string(['description']),
    syntax: 'input',
    messages: [source.message('user', span)],
    model: { ...defined({ id }), parameters: {} },
    body: source.range(span),
  });
}
