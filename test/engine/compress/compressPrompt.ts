import { type Compression, compress } from '../../../src/engine/compress/compress.ts';
import { type Finding, findings } from '../../../src/engine/compress/findings.ts';
import type { CompressOptions, FindingOptions } from '../../../src/engine/compress/options.ts';
import { Tokenizers } from '../../../src/engine/models/tokens/tokenizer.ts';
import { fixedEnvironment } from '../../../src/engine/ports.ts';
import { parse } from '../prompts/readPrompt.ts';

const tokenizers = new Tokenizers();
const scope = { root: import.meta.dirname, environment: fixedEnvironment({}) };

/** Compresses a file; counted as gpt-4o does, exactly, unless said otherwise. */
export async function compressed(
  file: { path: string; text: string },
  goal: CompressOptions['goal'],
  options: Partial<CompressOptions> = {},
): Promise<Compression> {
  const prompt = parse(file.path, file.text);
  const tokenizer = await tokenizers.forModel('gpt-4o');
  const all = { ...scope, tokenizer, goal, ...options };
  return compress({ text: file.text, prompt }, all, new AbortController().signal);
}

export async function found(
  file: { path: string; text: string },
  level: FindingOptions['level'],
  options: Partial<FindingOptions> = {},
): Promise<Finding[]> {
  const prompt = parse(file.path, file.text);
  const tokenizer = await tokenizers.forModel('gpt-4o');
  return findings({ text: file.text, prompt }, { ...scope, tokenizer, level, ...options });
}
