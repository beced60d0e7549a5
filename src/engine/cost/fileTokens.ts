import { PromptError, UserError } from '../errors.ts';
import { parseJson } from '../files/formats/parseJson.ts';
import { defined, nonEmpty } from '../model/defined.ts';
import type { JsonValue } from '../model/json.ts';
import type { SourceRange } from '../model/location.ts';
import type { Role } from '../model/message.ts';
import type { Problem } from '../model/problem.ts';
import type { Prompt } from '../model/prompt.ts';
import { isExact } from '../models/tokens/tokenBasis.ts';
import type { TokenCount } from '../models/tokens/tokenCount.ts';
import type { Tokenizer, Tokenizers } from '../models/tokens/tokenizer.ts';
import { detectFormat } from '../prompts/detectFormat.ts';
import { parsePrompt } from '../prompts/parsePrompt.ts';
import { isChat } from '../prompts/plain/chatJson.ts';
import { PromptSource } from '../prompts/promptSource.ts';
import { readIncludes } from '../prompts/references/includes.ts';
import type { ReferenceScope } from '../prompts/references/resolveReferences.ts';
import { countedMessages } from './countedMessages.ts';

/**
 * The tokens of a file: of a prompt as the model receives it, variables filled in as far as the file has values for them;
 * else of its text.
 */
export interface FileTokens {
  path: string;
  kind: 'prompt' | 'text';
  /** The model whose tokens are counted, without its provider. */
  model: string;
  /** Why an inexact count is one. */
  basis: string;
  total: TokenCount;
  /** One for each message, the marks round it included; empty for a text. */
  messages: { role: Role; range: SourceRange; tokens: TokenCount }[];
  tools: TokenCount | null;
  responseFormat: TokenCount | null;
  /** Images among the messages, which are in no count: they are billed by their size. */
  images: number;
  /** What the file leaves to code. */
  warnings: readonly Problem[];
}

/** Counted for files and prompts that name no model. */
export const DEFAULT_TOKEN_MODEL = 'gpt-5-mini';

/**
 * Counts one file. The model is `model`, else the one that the prompt names, else DEFAULT_TOKEN_MODEL.
 * Throws PromptError or FileError for a prompt that cannot be read.
 */
export async function countFile(
  file: { path: string; text: string },
  options: ReferenceScope & { tokenizers: Tokenizers; model?: string },
): Promise<FileTokens> {
  const prompt = readPrompt(file, options);
  if (prompt === undefined) {
    const tokenizer = await options.tokenizers.forModel(options.model ?? DEFAULT_TOKEN_MODEL);
    return {
      ...headOf(file.path, tokenizer),
      kind: 'text',
      total: tokenizer.count(file.text),
      messages: [],
      tools: null,
      responseFormat: null,
      images: 0,
      warnings: [],
    };
  }

  const tokenizer = await options.tokenizers.forModel(
    options.model ?? prompt.model.id ?? DEFAULT_TOKEN_MODEL,
  );

  return countPrompt(prompt, tokenizer);
}

/** Undefined for a text. JSON is a prompt when it is a chat, and a template that cannot be read is a text. */
function readPrompt(file: { path: string; text: string }, scope: ReferenceScope): Prompt | undefined {
  if (detectFormat(file.path) !== undefined) return parsePrompt(file, scope);
  if (/\.(?:j2|jinja2?)$/i.test(file.path)) return readTemplate(file, scope);
  if (!/\.json$/i.test(file.path) || !file.text.includes('"role"')) return undefined;
  const value = readJson(file);
  return value !== undefined && isChat(value)
    ? parsePrompt(file, { ...scope, format: 'chat-json' })
    : undefined;
}

function readJson(file: { path: string; text: string }): JsonValue | undefined {
  try {
    return parseJson(file.text, file.path).value;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** What it includes must be there; a tag that is not known here makes it a text like any other. */
function readTemplate(file: { path: string; text: string }, scope: ReferenceScope): Prompt | undefined {
  readIncludes(new PromptSource(file.path, file.text), scope);
  try {
    return parsePrompt(file, { ...scope, format: 'text' });
  } catch (error) {
    if (error instanceof PromptError) return undefined;
    throw error;
  }
}

/** Tokens of a prompt, as far as its file tells what is sent. */
export function countPrompt(prompt: Prompt, tokenizer: Tokenizer): FileTokens {
  const { tools, responseFormat } = prompt;
  const messages = countedMessages(prompt);

  const counted = tokenizer.countChat({
    messages: messages.map(({ message }) => message),
    ...defined({ tools: nonEmpty(tools), responseFormat }),
  });

  return {
    ...headOf(prompt.path, tokenizer),
    kind: 'prompt',
    total: counted.total,
    messages: messages.flatMap(({ message: { role }, range }, index) => {
      const tokens = counted.messages[index];
      return tokens === undefined ? [] : [{ role, range, tokens }];
    }),
    tools: tools.length === 0 ? null : counted.tools,
    responseFormat: responseFormat === undefined ? null : counted.responseFormat,
    images: counted.images,
    warnings: prompt.unresolved ?? [],
  };
}

function headOf(path: string, { model, basis }: Tokenizer): Pick<FileTokens, 'path' | 'model' | 'basis'> {
  return { path, model: bareModel(model), basis: isExact(basis) ? EXACT_TEXT : basis.source };
}

/** Why the count of a prompt may be an estimate although the encoding is known. */
const EXACT_TEXT =
  'the text is counted exactly; what the API adds for messages, tools and schemas is only partly documented';

function bareModel(model: string): string {
  return model.slice(model.lastIndexOf('/') + 1);
}
