import { PromptError } from '../errors.ts';
import { defined } from '../model/defined.ts';
import type { JsonObject } from '../model/json.ts';
import type { ContentPart, Message, Role } from '../model/message.ts';
import type { MessageTemplate, Prompt, RenderedPrompt } from '../model/prompt.ts';
import { renderHandlebars } from './handlebars/handlebarsRenderer.ts';
import { renderJinja } from './jinja/jinjaRenderer.ts';
import { templateError } from './promptInputs.ts';
import { Composition, type Fragment } from './template/composition.ts';
import { isImageUrl } from './template/imageTags.ts';
import { plainText, renderInputs } from './template/inputTemplate.ts';
import { TemplateFault } from './template/templateUse.ts';

export interface RenderOptions {
  /**
   * Earlier turns of the conversation. They replace `{{history}}`; without it, they go before the last message if that
   * is the user's, else to the end.
   */
  history?: readonly Message[];
}

/**
 * A prompt with its variables filled in. Values are data: they are never read as a template, and nothing in
 * them opens a message or an image. Variables that the prompt does not use are left aside. Line breaks of
 * the template arrive as LF; values arrive as they are. Throws PromptError, with the place of the variable,
 * for a missing value, and for a template that fails.
 */
export function renderPrompt(
  prompt: Prompt,
  variables: JsonObject,
  options: RenderOptions = {},
): RenderedPrompt {
  const values = withDefaults(prompt, variables);
  const composition = new Composition(prompt, values);
  const fragments = composition.split(renderSource(prompt, composition, values));
  const messages = assemble(prompt, fragments, options.history ?? []);

  if (messages.length === 0) {
    throw new PromptError('the prompt is empty once its variables are filled in', {
      where: prompt.body,
    });
  }

  return {
    messages,
    parameters: prompt.model.parameters,
    tools: prompt.tools,
    ...defined({ responseFormat: prompt.responseFormat }),
  };
}

function withDefaults(prompt: Prompt, variables: JsonObject): JsonObject {
  const defaults = prompt.inputs.flatMap((input) =>
    input.default === undefined ? [] : [[input.name, input.default] as const],
  );
  return { ...Object.fromEntries(defaults), ...variables };
}

function renderSource(prompt: Prompt, composition: Composition, values: JsonObject): string {
  const optional = new Set(prompt.inputs.filter((input) => !input.required).map((input) => input.name));
  try {
    switch (prompt.syntax) {
      case 'jinja':
        return renderJinja(composition.source, values, optional);
      case 'handlebars':
        return renderHandlebars(composition.source, values, optional, composition);
      case 'input':
        return renderInputs(composition.source, values, optional);
      case 'none':
        return plainText(composition.source);
    }
  } catch (error) {
    const missing = error instanceof TemplateFault && error.missing !== undefined;
    throw templateError(error, prompt, composition, missing ? describeInputs(prompt, values) : undefined);
  }
}

function describeInputs(prompt: Prompt, values: JsonObject): string {
  const inputs = prompt.inputs.map((input) => (input.required ? input.name : `${input.name} (optional)`));
  const given = Object.keys(values);
  return `This prompt takes: ${inputs.join(', ')}. Given: ${given.length === 0 ? 'nothing' : given.join(', ')}.`;
}

interface Draft {
  role: Role;
  parts: ContentPart[];
  /** Whether white space alone is intended: it came from a value, not from the template's layout. */
  keepBlank: boolean;
  beside?: MessageTemplate['beside'];
}

function assemble(prompt: Prompt, fragments: readonly Fragment[], history: readonly Message[]): Message[] {
  const messages: Message[] = [];
  let draft: Draft | undefined;
  let placed = false;
  let image: { before: string; after: string; url: string } | undefined;

  const begin = (role: Role, keepBlank: boolean) => {
    if (draft) messages.push(...finish(draft));
    draft = { role, parts: [], keepBlank };
  };

  for (const fragment of fragments) {
    switch (fragment.kind) {
      case 'message': {
        const template = prompt.messages[fragment.index];
        if (template) begin(template.role, isFilled(prompt, template));
        if (template?.beside && draft) draft.beside = template.beside;
        break;
      }
      case 'role':
        if (draft) draft.keepBlank = false;
        begin(fragment.role, false);
        break;
      case 'history':
        if (draft) draft.keepBlank = false;
        begin('assistant', false);
        messages.push(...history);
        placed = true;
        break;
      case 'image':
        image = { ...fragment.literal, url: '' };
        break;
      case 'image-end':
        if (image) draft?.parts.push(imagePart(prompt, image));
        image = undefined;
        break;
      case 'text':
        if (image) image.url += fragment.text;
        else draft?.parts.push({ type: 'text', text: fragment.text });
    }
  }

  if (draft) messages.push(...finish(draft));
  return placed ? messages : insertHistory(messages, history);
}

/** Templates with an expression, and those of plain text, are kept even when blank. */
function isFilled(prompt: Prompt, { template }: MessageTemplate): boolean {
  if (prompt.syntax === 'jinja') return template.includes('{{');
  return (
    prompt.syntax !== 'handlebars' || /\{\{(?!~?(?:[#/!^]|else\b|role\b|history\b|section\b))/.test(template)
  );
}

function imagePart(prompt: Prompt, image: { before: string; after: string; url: string }): ContentPart {
  if (isImageUrl(image.url) || (image.before === '' && /^[a-z][a-z0-9+.-]*:/i.test(image.url))) {
    return { type: 'image', url: image.url };
  }
  if (image.before !== '') return { type: 'text', text: image.before + image.url + image.after };
  throw new PromptError(`'${image.url.slice(0, 80)}' cannot be sent as an image`, {
    where: prompt.body,
    remedy: 'Use a URL that starts with https: or data:.',
  });
}

function finish(draft: Draft): Message[] {
  const { before = [], after = [], ...fields } = draft.beside ?? {};
  const parts: ContentPart[] = [];
  for (const part of [...before, ...draft.parts, ...after]) {
    const last = parts.at(-1);
    if (part.type === 'text' && last?.type === 'text') last.text += part.text;
    else parts.push({ ...part });
  }

  if (parts.some((part) => part.type === 'image')) {
    const kept = parts.filter((part) => part.type === 'image' || part.text.trim() !== '');
    return [{ role: draft.role, content: kept, ...fields }];
  }

  const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
  const isLayout = text.trim() === '' && !draft.keepBlank && draft.beside === undefined;
  return isLayout ? [] : [{ role: draft.role, content: text, ...fields }];
}

function insertHistory(messages: Message[], history: readonly Message[]): Message[] {
  const last = messages.at(-1);
  if (last?.role !== 'user') return [...messages, ...history];
  return [...messages.slice(0, -1), ...history, last];
}
