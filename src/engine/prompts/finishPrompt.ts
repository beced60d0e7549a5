import { PromptError } from '../errors.ts';
import { defined } from '../model/defined.ts';
import type { Prompt, PromptInput } from '../model/prompt.ts';
import { nameFromPath } from './detectFormat.ts';
import { hashPrompt } from './hashPrompt.ts';
import { collectInputs } from './promptInputs.ts';

/** What a format reads from its file; the rest follows from it. */
export interface PromptDraft
  extends Pick<Prompt, 'path' | 'format' | 'syntax' | 'messages' | 'body'>,
    Partial<Pick<Prompt, 'model' | 'tools' | 'testData' | 'evaluators' | 'unresolved'>> {
  name: string | undefined;
  description?: string | undefined;
  responseFormat?: Prompt['responseFormat'] | undefined;
  includes?: Prompt['includes'] | undefined;
  /** Inputs that the file declares. */
  inputs?: PromptInput[];
}

/** Completes a prompt: name, inputs of its templates, hash. Throws PromptError for one without any text. */
export function finishPrompt(draft: PromptDraft): Prompt {
  if (draft.messages.every((message) => message.template.trim() === '')) {
    throw new PromptError('the prompt has no text', {
      where: draft.body,
      remedy: 'Write the instructions for the model.',
    });
  }

  const prompt: Omit<Prompt, 'hash'> = {
    path: draft.path,
    format: draft.format,
    name: draft.name ?? nameFromPath(draft.path),
    ...defined({ description: draft.description }),
    syntax: draft.syntax,
    messages: draft.messages,
    inputs: collectInputs(draft, draft.inputs ?? []),
    model: draft.model ?? { parameters: {} },
    tools: draft.tools ?? [],
    ...defined({ responseFormat: draft.responseFormat }),
    testData: draft.testData ?? [],
    ...(draft.unresolved === undefined || draft.unresolved.length === 0
      ? {}
      : { unresolved: draft.unresolved }),
    ...defined({ includes: draft.includes }),
    evaluators: draft.evaluators ?? [],
    body: draft.body,
  };

  return { ...prompt, hash: hashPrompt(prompt) };
}
