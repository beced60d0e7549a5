import { LineIndex } from '../files/text/lineIndex.ts';
import type { SourceRange } from '../model/location.ts';
import type { Tokenizer } from '../models/tokens/tokenizer.ts';
import { applyEdits, inOrder } from './edit.ts';
import type { FindingOptions, PromptFile } from './options.ts';
import { type EditableMessage, readMessages, spoiltMessages } from './promptMessages.ts';
import type { CompressionLevel, Rule, RuleContext, RuleName, Suggestion } from './rule.ts';
import { rulesUpTo } from './rules.ts';
import { TokenGain } from './tokenGain.ts';
import { WorkingMessage } from './workingMessage.ts';

/** A stretch of the file and what stands there instead. */
export interface TextEdit {
  range: SourceRange;
  /** Offsets of the range, in UTF-16 code units. */
  start: number;
  end: number;
  replacement: string;
}

/** One place where a rule saves tokens. Its edits belong together. */
export interface Finding {
  rule: RuleName;
  level: CompressionLevel;
  reason: string;
  /** Index of the message. */
  message: number;
  /** From the first edit to the last. */
  range: SourceRange;
  edits: TextEdit[];
  /** Tokens of the model that it saves by itself; an estimate where the tokenizer is not public. */
  tokensSaved: number;
}

/**
 * What each rule up to a level finds in a prompt as it stands, in the order of the file. Findings of one rule
 * can be applied together; those of several may overlap, and then `compress` takes the first rule's.
 */
export function findings(file: PromptFile, options: FindingOptions): Finding[] {
  const gain = new TokenGain(options.tokenizer);
  const context: RuleContext = { glossary: options.glossary ?? new Map(), count: (text) => gain.count(text) };
  const { editable } = readMessages(file, options.within);
  const lines = new LineIndex(file.prompt.path, file.text);
  return rulesUpTo(options.level, options.without)
    .flatMap((rule) => ofRule(rule, file, editable, { options, gain, context, lines }))
    .sort((a, b) => (a.edits[0]?.start ?? 0) - (b.edits[0]?.start ?? 0));
}

interface Tools {
  options: FindingOptions;
  gain: TokenGain;
  context: RuleContext;
  lines: LineIndex;
}

function ofRule(
  rule: Rule,
  file: PromptFile,
  editable: readonly EditableMessage[],
  { options, gain, context, lines }: Tools,
): Finding[] {
  if (rule.level === 'target') return [];

  const { level, name, reason } = rule;
  const found = editable.map((message) => {
    const working = new WorkingMessage(message.text);
    const applied = working.apply(name, rule.suggest(message.text, context), gain, Number.POSITIVE_INFINITY);
    return { message, applied };
  });

  const changes = found
    .filter(({ applied }) => applied.length > 0)
    .map(({ message, applied }) => ({
      index: message.index,
      template: applyEdits(message.text.text, applied.flat()),
      edits: applied.flat().map((edit) => message.map.toFile(edit)),
    }));

  const spoilt = new Set(spoiltMessages(file, changes, options));
  return found
    .filter(({ message }) => !spoilt.has(message.index))
    .flatMap(({ message, applied }) =>
      applied.map((suggestion) => ({
        rule: name,
        level,
        reason,
        message: message.index,
        ...place(message, suggestion, lines),
        tokensSaved: tokensOf(options.tokenizer, gain.saved(message.text.text, suggestion)),
      })),
    );
}

function place(
  { map }: EditableMessage,
  suggestion: Suggestion,
  lines: LineIndex,
): Pick<Finding, 'range' | 'edits'> {
  const edits = inOrder(suggestion).map((edit) => textEdit(map.toFile(edit), lines));
  const start = edits[0]?.start ?? 0;
  return { edits, range: lines.range(start, edits.at(-1)?.end ?? start) };
}

export function textEdit(edit: { start: number; end: number; text: string }, lines: LineIndex): TextEdit {
  const { start, end, text } = edit;
  return { range: lines.range(start, end), start, end, replacement: text };
}

/** Tokens of the encoding in those of the model. */
export function tokensOf(tokenizer: Tokenizer, counted: number): number {
  return tokenizer.toModel(counted).tokens;
}
