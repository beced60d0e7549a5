import { defined } from '../../model/defined.ts';
import type { Prompt } from '../../model/prompt.ts';
import type { Fields } from '../fields/fields.ts';
import { readFrontMatter } from '../fields/frontMatter.ts';
import { finishPrompt } from '../finishPrompt.ts';
import type { PromptSource } from '../promptSource.ts';

/**
 * Skills, agents and instruction files: the Markdown is one system message, taken literally. A skill must have `name`
 * and `description` (https://agentskills.io/specification).
 */
export function parseInstructionFile(
  source: PromptSource,
  format: 'skill' | 'agent' | 'instructions',
): Prompt {
  const { fields, body } = readFrontMatter(source);
  const span = source.trim(body);
  const id = fields.strings(['model'])?.[0];

  return finishPrompt({
    path: source.path,
    format,
    name: format === 'skill' ? demand(fields, 'name') : fields.string(['name']),
    description: format === 'skill' ? demand(fields, 'description') : fields.string(['description']),
    syntax: 'none',
    messages: [source.message('system', span)],
    model: { ...defined({ id }), parameters: {} },
    body: source.range(span),
  });
}

function demand(fields: Fields, key: 'name' | 'description'): string {
  const value = fields.string([key]);
  if (value !== undefined && value.trim() !== '') return value;
  throw fields.fail([key], `the skill has no ${key}`, `Add ${key}: to the front matter.`);
}
