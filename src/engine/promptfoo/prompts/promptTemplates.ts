import { defined } from '../../model/defined.ts';
import { isJsonObject, type JsonValue } from '../../model/json.ts';
import type { SourceLocation } from '../../model/location.ts';
import { wrapPartialTags } from '../../prompts/nunjucks/partialTags.ts';
import { checkNunjucks, NunjucksError } from '../../prompts/nunjucks/renderNunjucks.ts';
import type { PromptfooReader } from '../config/promptfooReader.ts';
import type { PromptfooPrompt } from './promptfooPrompt.ts';

const MAX_LENGTH = 60;

/** Reports prompts that no variables can fill in, at their line where they stand in a file as they are. */
export function checkPromptTemplate(reader: PromptfooReader, prompt: PromptfooPrompt): void {
  if (prompt.program || prompt.unsupported !== undefined) return;
  const fault = faultOf(prompt.raw);
  if (!fault) return;
  const { message, remedy } = fault;
  reader.problems.push({
    severity: 'error',
    code: 'invalid-template',
    message: `the prompt '${shortLabel(prompt)}' is not a template that can be filled in: ${message}`,
    location: placeOf(prompt, fault.offset),
    ...defined({ remedy }),
  });
}

/** The label of a prompt on a line, cut. */
export function shortLabel({ label }: Pick<PromptfooPrompt, 'label'>): string {
  const line = label.replace(/\s+/g, ' ').trim();
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}…` : line;
}

/** As a prompt is filled in: JSON text by text, and where that fails, or for any other, as one template. */
function faultOf(raw: string): NunjucksError | undefined {
  const json = parsed(raw);
  if (json !== undefined && textsIn(json).every((text) => attempt(text) === undefined)) return undefined;
  return attempt(wrapPartialTags(raw));
}

function attempt(template: string): NunjucksError | undefined {
  try {
    checkNunjucks(template);
    return undefined;
  } catch (error) {
    if (error instanceof NunjucksError) return error;
    throw error;
  }
}

function parsed(raw: string): JsonValue | undefined {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}

function textsIn(value: JsonValue): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) || isJsonObject(value) ? Object.values(value).flatMap(textsIn) : [];
}

function placeOf({ raw, location, verbatim }: PromptfooPrompt, offset: number): SourceLocation {
  if (!verbatim) return location;
  const before = raw.slice(0, offset).split('\n');
  const column = (before.at(-1)?.length ?? 0) + 1;
  return { path: location.path, line: location.line + before.length - 1, column };
}
