import { LineIndex } from '../files/text/lineIndex.ts';
import type { TokenCount } from '../models/tokens/tokenCount.ts';
import { applyEdits, inOrder } from './edit.ts';
import { type TextEdit, textEdit } from './findings.ts';
import type { CompressOptions, PromptFile } from './options.ts';
import {
  type EditableMessage,
  type MessageChange,
  readMessages,
  type SkippedMessage,
  spoiltMessages,
} from './promptMessages.ts';
import type { RuleName } from './rule.ts';
import { RuleRun, type RuleSavings } from './ruleRun.ts';
import { type Savings, savingsOf } from './savings.ts';
import { stablePrefix } from './stablePrefix.ts';

/** One change of the file, and the rules that had a part in it. */
export interface CompressionEdit extends TextEdit {
  message: number;
  rules: RuleName[];
}

/** A compressed prompt. Plain data. */
export interface Compression {
  path: string;
  model: string;
  /** The whole file, changed. */
  text: string;
  /** The same as edits, in order; none overlaps another. */
  edits: CompressionEdit[];
  /** The whole request, with what the API adds to messages and tools. */
  tokens: { before: TokenCount; after: TokenCount };
  /** Rules that saved something, in the order in which they first did; their tokens add up to all. */
  rules: RuleSavings[];
  /** Null without a target. */
  targetMet: boolean | null;
  /** Null when the price is unknown. */
  savings: Savings | null;
  skipped: SkippedMessage[];
}

/**
 * Compresses a prompt up to a level or to a number of tokens. Rules are applied one after the other until
 * none finds anything; so compressing the result again changes nothing, unless a model rewrote a part of it.
 * What is protected stays as it is, and the result is read as the same prompt: same messages, roles and
 * inputs. Throws ModelError when the writer fails; rejects with the signal's reason when aborted.
 */
export async function compress(
  file: PromptFile,
  options: CompressOptions,
  signal: AbortSignal,
): Promise<Compression> {
  const spoilt = new Set<number>();
  for (;;) {
    const { editable, skipped } = readMessages(file, options.within, spoilt);
    const run = new RuleRun(file.prompt, editable, options);
    await run.toGoal(signal);
    const changes = editable.flatMap((message) => changeOf(message, run));
    const wrong = spoiltMessages(file, changes, options);
    if (wrong.length === 0) return resultOf(file, editable, run, skipped, options);
    for (const index of wrong) spoilt.add(index);
  }
}

function changeOf({ index, map }: EditableMessage, run: RuleRun): MessageChange[] {
  const working = run.message(index);
  if (working === undefined || working.edits.length === 0) return [];
  const edits = working.edits.map((edit) => map.toFile(edit));
  return [{ index, template: working.current.text, edits }];
}

function resultOf(
  file: PromptFile,
  editable: readonly EditableMessage[],
  run: RuleRun,
  skipped: SkippedMessage[],
  { tokenizer, goal, price }: CompressOptions,
): Compression {
  const lines = new LineIndex(file.prompt.path, file.text);
  const edits = editable.flatMap(({ index, map }) =>
    inOrder(run.message(index)?.edits ?? []).map((edit) => ({
      ...textEdit(map.toFile(edit), lines),
      message: index,
      rules: edit.by,
    })),
  );

  const tokens = { before: run.before, after: run.total() };
  const totals = { before: tokens.before.tokens, after: tokens.after.tokens };
  const stable = stablePrefix(file.prompt, run.templates(), tokenizer);

  return {
    path: file.prompt.path,
    model: tokenizer.model,
    text: applyEdits(
      file.text,
      edits.map(({ start, end, replacement }) => ({ start, end, text: replacement })),
    ),
    edits,
    tokens,
    rules: run.savings(),
    targetMet: 'targetTokens' in goal ? tokens.after.tokens <= goal.targetTokens : null,
    savings: price === undefined ? null : savingsOf(totals, stable, price),
    skipped,
  };
}
