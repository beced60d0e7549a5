import { PromptError } from '../errors.ts';
import type { Prompt, PromptFormat } from '../model/prompt.ts';
import { detectFormat } from './detectFormat.ts';
import { parseDotprompt } from './dotprompt/dotprompt.ts';
import { parseGithubPrompt } from './github/githubPrompt.ts';
import { parseChatJson } from './plain/chatJson.ts';
import { parseCopilotPrompt } from './plain/copilotPrompt.ts';
import { parseInstructionFile } from './plain/instructionFile.ts';
import { parseTextPrompt } from './plain/textPrompt.ts';
import { PromptSource } from './promptSource.ts';
import { parsePrompty } from './prompty/prompty.ts';
import { readIncludes } from './references/includes.ts';
import type { ReferenceScope } from './references/resolveReferences.ts';

export interface ParseOptions extends ReferenceScope {
  /** The format, if the file name does not imply it; default: from the name. */
  format?: PromptFormat;
}

/** Formats whose templates are Jinja's. */
const WITH_INCLUDES: ReadonlySet<PromptFormat> = new Set(['prompty', 'github-prompt', 'text', 'chat-json']);

/**
 * Parses a prompt file of any format. `path` is relative to the workspace, with `/`; `text` is decoded, its
 * line breaks as they are. Throws PromptError or FileError with line and column.
 */
export function parsePrompt(source: { path: string; text: string }, options: ParseOptions): Prompt {
  const format = options.format ?? detectFormat(source.path, { plain: true });
  const file = new PromptSource(source.path, source.text);
  if (format !== undefined && WITH_INCLUDES.has(format)) {
    const includes = readIncludes(file, options);
    if (includes) file.includes = includes;
  }

  switch (format) {
    case 'prompty':
      return parsePrompty(file, options);
    case 'dotprompt':
      return parseDotprompt(file);
    case 'github-prompt':
      return parseGithubPrompt(file);
    case 'copilot-prompt':
      return parseCopilotPrompt(file);
    case 'skill':
    case 'agent':
    case 'instructions':
      return parseInstructionFile(file, format);
    case 'text':
      return parseTextPrompt(file);
    case 'chat-json':
      return parseChatJson(file);
    case undefined:
      throw new PromptError('unknown prompt file format', {
        where: { path: source.path },
        remedy:
          'Use .prompty, .prompt, .prompt.yml, .prompt.md, SKILL.md, .agent.md, .instructions.md, .txt, .md, .j2, .json.',
      });
  }
}
