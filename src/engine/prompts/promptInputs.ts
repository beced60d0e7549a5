import { PromptError } from '../errors.ts';
import type { Prompt, PromptInput } from '../model/prompt.ts';
import { parseHandlebars } from './handlebars/handlebarsTemplate.ts';
import { findHandlebarsUses } from './handlebars/handlebarsUses.ts';
import { parseJinja } from './jinja/jinjaTemplate.ts';
import { findJinjaUses } from './jinja/jinjaUses.ts';
import { Composition } from './template/composition.ts';
import { findInputUses } from './template/inputTemplate.ts';
import { templateLocation } from './template/templateLocation.ts';
import { TemplateFault, type TemplateUse } from './template/templateUse.ts';

type Templated = Pick<Prompt, 'path' | 'format' | 'syntax' | 'messages' | 'body'> & {
  includes?: Prompt['includes'] | undefined;
};

/**
 * A prompt's inputs: those declared, then the variables that only its templates use. The latter are required
 * unless every use is guarded. Throws PromptError where a template is malformed.
 */
export function collectInputs(prompt: Templated, declared: readonly PromptInput[]): PromptInput[] {
  const composition = new Composition(prompt, null);
  const known = new Map(declared.map((input) => [input.name, input]));
  for (const use of findUses(prompt, composition.source, composition)) {
    const input = known.get(use.name);
    if (input === undefined) {
      const { message, offset } = composition.place(use.offset);
      const location = templateLocation(prompt, message, offset);
      const description = use.placeholder === undefined ? {} : { description: use.placeholder };
      known.set(use.name, { name: use.name, ...description, required: !use.guarded, location });
    } else if (!use.guarded && !declared.includes(input)) input.required = true;
  }

  return [...known.values()];
}

function findUses(
  prompt: Templated,
  source: string,
  composition: Composition,
): (TemplateUse & { placeholder?: string })[] {
  try {
    switch (prompt.syntax) {
      case 'jinja':
        return findJinjaUses(parseJinja(source)).uses;
      case 'handlebars':
        return findHandlebarsUses(parseHandlebars(source));
      case 'input':
        return findInputUses(source);
      case 'none':
        return [];
    }
  } catch (error) {
    throw templateError(error, prompt, composition);
  }
}

/** A template fault as an error with its location in the file; any other error unchanged. */
export function templateError(
  error: unknown,
  prompt: Templated,
  composition: Composition,
  remedy?: string,
): unknown {
  if (error instanceof RangeError) {
    const where = { path: prompt.path, line: prompt.body.line, column: prompt.body.column };
    return new PromptError('the template is nested too deeply', { where });
  }

  if (!(error instanceof TemplateFault)) return error;
  const { message, offset } = composition.place(error.offset);

  return new PromptError(
    error.missing === undefined ? error.message : `the variable '${error.missing}' has no value`,
    {
      where: templateLocation(prompt, message, offset),
      remedy,
    },
  );
}
