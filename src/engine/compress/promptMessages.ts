import type { SourceRange } from '../model/location.ts';
import type { Prompt } from '../model/prompt.ts';
import { parsePrompt } from '../prompts/parsePrompt.ts';
import type { ReferenceScope } from '../prompts/references/resolveReferences.ts';
import { applyEdits, type Edit } from './edit.ts';
import { MessageText } from './messageText.ts';
import type { PromptFile } from './options.ts';
import type { Span } from './spanSet.ts';
import { type TemplateMap, templateMap } from './templateMap.ts';

/** A message that can be edited where it stands in the file. */
export interface EditableMessage {
  index: number;
  map: TemplateMap;
  text: MessageText;
}

/** A message that is left as it is, and why. */
export interface SkippedMessage {
  message: number;
  range: SourceRange;
  reason: string;
}

/** Sorts the messages of a prompt; those in `spoilt` are skipped. */
export function readMessages(
  file: PromptFile,
  within: Span | undefined,
  spoilt: ReadonlySet<number> = new Set(),
): { editable: EditableMessage[]; skipped: SkippedMessage[] } {
  const editable: EditableMessage[] = [];
  const skipped: SkippedMessage[] = [];
  for (const [index, { template, range }] of file.prompt.messages.entries()) {
    const reason = spoilt.has(index)
      ? 'the edited file would be read differently'
      : (turnOfExample(file.prompt, index) ?? tooLong(template));
    const map = reason === undefined ? templateMap(file.text, file.prompt, index) : undefined;
    if (map === undefined) {
      skipped.push({ message: index, range, reason: reason ?? NOT_EDITABLE });
      continue;
    }

    const scope = within && { start: map.toTemplate(within.start), end: map.toTemplate(within.end) };
    editable.push({ index, map, text: new MessageText(template, file.prompt.syntax, scope) });
  }

  return { editable, skipped };
}

const NOT_EDITABLE = 'the file stores its text in a form that cannot be edited in part';

/** A chat that holds answers shows how to answer: they and what they answer are examples. */
function turnOfExample({ messages }: Prompt, index: number): string | undefined {
  const last = messages.findLastIndex(({ role }) => role === 'assistant');
  const role = messages[index]?.role;
  const isTurn = index <= last && role !== 'system' && role !== 'developer';
  return isTurn ? 'it is part of an example' : undefined;
}

/** Longer messages and lines are data that nobody wrote by hand, in characters; the time would not be bounded. */
const LONGEST = 400_000;
const LONGEST_LINE = 10_000;

function tooLong(template: string): string | undefined {
  if (template.length > LONGEST) return `it has more than ${LONGEST.toLocaleString('en-US')} characters`;
  const isLong = template.split('\n').some((line) => line.length > LONGEST_LINE);
  return isLong ? `it has a line of more than ${LONGEST_LINE.toLocaleString('en-US')} characters` : undefined;
}

/** What a message becomes: its new template, by edits of the file. */
export interface MessageChange {
  index: number;
  template: string;
  edits: readonly Edit[];
}

/**
 * The messages whose change does not hold: the changed file, read again, has other messages than were meant.
 * Empty when all is well.
 */
export function spoiltMessages(
  file: PromptFile,
  changes: readonly MessageChange[],
  scope: ReferenceScope,
): number[] {
  if (changes.length === 0 || holds(file, changes, scope)) return [];
  const alone = changes.filter((change) => !holds(file, [change], scope));
  return (alone.length > 0 ? alone : changes).map(({ index }) => index);
}

function holds(file: PromptFile, changes: readonly MessageChange[], scope: ReferenceScope): boolean {
  const text = applyEdits(
    file.text,
    changes.flatMap(({ edits }) => edits),
  );

  const after = read(file.prompt, text, scope);
  if (after === undefined || after.messages.length !== file.prompt.messages.length) return false;
  if (after.syntax !== file.prompt.syntax || after.inputs.length !== file.prompt.inputs.length) return false;

  return file.prompt.messages.every(({ role, template }, index) => {
    const wanted = changes.find((change) => change.index === index)?.template ?? template;
    const found = after.messages[index];
    return found !== undefined && found.role === role && found.template === wanted;
  });
}

/** Undefined when it cannot be read any more, for whatever reason: then the edits are not made. */
function read(prompt: Prompt, text: string, { root, environment }: ReferenceScope): Prompt | undefined {
  try {
    return parsePrompt({ path: prompt.path, text }, { root, environment, format: prompt.format });
  } catch {
    return undefined;
  }
}
