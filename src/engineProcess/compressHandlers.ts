import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Compression, compress } from '../engine/compress/compress.ts';
import { findings, type TextEdit } from '../engine/compress/findings.ts';
import { GLOSSARY_FILE, type Glossary, parseGlossary } from '../engine/compress/glossary.ts';
import type { CompressOptions, FindingOptions } from '../engine/compress/options.ts';
import { readText } from '../engine/files/readText.ts';
import type { Handlers, ParamsOf } from '../protocol/call.ts';
import type { CompressionPlan, compressCalls } from '../protocol/compressCalls.ts';
import type { PromptReader } from './openedPrompt.ts';
import type { Session } from './session.ts';

type Opened = ParamsOf<typeof compressCalls, 'compress/offers'>;
type Surroundings = Omit<FindingOptions, 'level'>;

const LEVELS = ['lossless', 'safe', 'aggressive'] as const;

export function compressHandlers(session: Session, reader: PromptReader): Handlers<typeof compressCalls> {
  const open = async (file: Opened, signal: AbortSignal) => {
    const opened = await reader.read(file, signal);
    if (!opened) return undefined;
    const { prompt, tokenizer, chosen } = opened;
    const options: Surroundings = {
      root: session.root,
      environment: session.environment,
      tokenizer,
      glossary: glossaryOf(session.root),
      ...(file.within === undefined ? {} : { within: file.within }),
    };
    return { file: { text: file.text, prompt }, options, price: chosen.price };
  };
  const plan = async (
    file: Opened,
    goal: CompressOptions['goal'],
    signal: AbortSignal,
  ): Promise<Compression | undefined> => {
    const opened = await open(file, signal);
    if (!opened) return undefined;
    const { price, options } = opened;
    const priced = price === undefined ? {} : { price };
    return compress(opened.file, { ...options, ...priced, goal }, signal);
  };
  return {
    'compress/offers': async (params, signal) => {
      const offers: { level: (typeof LEVELS)[number]; after: number }[] = [];
      let before = 0;
      for (const level of LEVELS) {
        const found = await plan(params, { level }, signal);
        if (!found) return null;
        before = found.tokens.before.tokens;
        offers.push({ level, after: found.tokens.after.tokens });
        await othersFirst();
        signal.throwIfAborted();
      }
      return { before, offers };
    },
    'compress/findings': async ({ level, ...params }, signal) => {
      const opened = await open(params, signal);
      if (!opened) return null;
      const found = findings(opened.file, { ...opened.options, level });
      return {
        findings: found.map(({ rule, reason, tokensSaved, range, edits, level: needed }) => ({
          ...{ rule, reason, tokensSaved, level: needed },
          range: spanOf({ range }),
          edits: edits.map((edit) => ({ ...spanOf(edit), text: edit.replacement })),
        })),
      };
    },
    'compress/plan': async ({ goal, ...params }, signal) => {
      const found = await plan(params, goal, signal);
      return found ? sentPlan(found) : null;
    },
  };
}

function sentPlan({ model, text, edits, tokens, rules, targetMet, savings }: Compression): CompressionPlan {
  return {
    model,
    text,
    edits: edits.map((edit) => ({ ...spanOf(edit), text: edit.replacement, rules: edit.rules })),
    before: tokens.before.tokens,
    after: tokens.after.tokens,
    rules: rules.map(({ rule, tokensSaved }) => ({ rule, tokensSaved })),
    targetMet,
    savedPer1000Usd: savings?.per1000Calls ?? null,
    losesCache: savings?.cache.lost ?? false,
  };
}

function spanOf({ range: { line, column, endLine, endColumn } }: Pick<TextEdit, 'range'>) {
  return { line, column, endLine, endColumn };
}

/** Throws ConfigError for a glossary with mistakes. */
function glossaryOf(root: string): Glossary {
  const file = path.join(root, GLOSSARY_FILE);
  if (!existsSync(file)) return new Map();
  return parseGlossary({ path: GLOSSARY_FILE, text: readText(file, GLOSSARY_FILE) });
}

/** A long prompt takes a while: calls that came in meanwhile, and a word to give up, are heard in between. */
function othersFirst(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
