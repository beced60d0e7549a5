import type { Prompt } from '../model/prompt.ts';
import type { ModelClient } from '../models/modelClient.ts';
import type { ModelPrice } from '../models/prices/prices.ts';
import type { Tokenizer } from '../models/tokens/tokenizer.ts';
import type { ReferenceScope } from '../prompts/references/resolveReferences.ts';
import type { Glossary } from './glossary.ts';
import type { CompressionLevel, RuleName } from './rule.ts';
import type { Span } from './spanSet.ts';

/** A prompt with the text of its file, of which every edit is a part. */
export interface PromptFile {
  text: string;
  prompt: Prompt;
}

/** References of the file are followed when the compressed text is read again, to see that it still holds. */
export interface FindingOptions extends ReferenceScope {
  tokenizer: Tokenizer;
  level: CompressionLevel;
  glossary?: Glossary;
  /** Only edits in this stretch of the file (offsets); by default in all of it. */
  within?: Span;
  /** Rules that are left out. */
  without?: readonly RuleName[];
}

export interface CompressOptions extends Omit<FindingOptions, 'level'> {
  /** A level; or a number of tokens for the whole request, for which levels rise and content goes as needed. */
  goal: { level: CompressionLevel } | { targetTokens: number };
  /** For the savings in money; without it they are unknown. */
  price?: ModelPrice;
  /** Rewrites long paragraphs, from level aggressive on; then the result is no longer the same every time. */
  writer?: { client: ModelClient; timeoutMs: number };
}
