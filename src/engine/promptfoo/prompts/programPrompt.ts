import path from 'node:path';
import { FileError } from '../../errors.ts';
import { readText } from '../../files/readText.ts';
import type { SourceLocation } from '../../model/location.ts';
import { mentions } from '../../prompts/template/mentions.ts';
import { workspacePath } from '../../suites/config/fileReference.ts';
import { type PromptfooReader, warn } from '../config/promptfooReader.ts';
import { programAt } from '../providers/programCall.ts';
import type { PromptfooProgram } from '../scripts/promptfooProgram.ts';
import type { PromptfooPrompt } from './promptfooPrompt.ts';

const PROGRAM = /\.(?:[cm]?[jt]s|py|rb|sh|bash|exe|bat|cmd|ps1|pl)(?::[\w$.]+)?$/i;

/** Whether a prompt is a program: a file that is run, or a function of one. */
export function isProgram(source: string): boolean {
  return !source.includes('\n') && (source.startsWith('exec:') || PROGRAM.test(source));
}

/** A prompt that a function writes, or one that is not supported and says so. */
export function programPrompt(
  reader: PromptfooReader,
  source: string,
  location: SourceLocation,
  named: { label?: string; id?: string },
): PromptfooPrompt {
  const name = path.basename(source);
  const plain = { label: source, ...named, name, raw: '', location };
  try {
    const program = programAt(reader, source, location);
    if (!program) return unusable(reader, plain, 'is a program, which is not supported');
    const common = { ...plain, ...labelsOf(reader, program), ...named };
    if (program.language === 'python' && program.function === undefined)
      return unusable(reader, common, 'names no function, e.g. file://prompt.py:write');
    const talks = mentions(readText(program.file), '_conversation');
    return { ...common, program, ...(talks ? { conversation: true as const } : {}) };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return unusable(reader, plain, `cannot be read: ${error.message}`);
  }
}

/** `prompts/write.mjs:chat`, from the configuration's folder and from the workspace's. */
function labelsOf(reader: PromptfooReader, program: PromptfooProgram): { label: string; longLabel: string } {
  const behind = program.function === undefined ? '' : `:${program.function}`;
  const own = path.relative(reader.base, program.file).replaceAll(path.sep, '/');
  return { label: own + behind, longLabel: workspacePath(reader.root, program.file) + behind };
}

function unusable(
  reader: PromptfooReader,
  prompt: Omit<PromptfooPrompt, 'unsupported'>,
  why: string,
): PromptfooPrompt {
  const unsupported = `the prompt ${prompt.id ?? prompt.label} ${why}`;
  warn(reader, prompt.location, {
    code: 'unsupported-prompt',
    message: unsupported,
    remedy:
      'Its cases are reported as errors. A prompt may be a text, a chat, or a function in JavaScript or Python.',
  });
  return { ...prompt, unsupported };
}
