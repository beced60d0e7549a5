import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { type Command, Option } from 'commander';
import { type Compression, compress as compressPrompt } from '../../engine/compress/compress.ts';
import { GLOSSARY_FILE, type Glossary, parseGlossary } from '../../engine/compress/glossary.ts';
import type { CompressOptions as EngineOptions } from '../../engine/compress/options.ts';
import type { CompressionLevel } from '../../engine/compress/rule.ts';
import { UsageError, UserError } from '../../engine/errors.ts';
import { readText } from '../../engine/files/readText.ts';
import { writeAtomic } from '../../engine/files/writeAtomic.ts';
import type { Problem } from '../../engine/model/problem.ts';
import { createModelCatalog } from '../../engine/models/catalog.ts';
import { ModelError } from '../../engine/models/modelClient.ts';
import { listPriceOf } from '../../engine/models/prices/priceTable.ts';
import { Tokenizers } from '../../engine/models/tokens/tokenizer.ts';
import { noLog, processEnvironment, systemClock } from '../../engine/ports.ts';
import { parsePrompt } from '../../engine/prompts/parsePrompt.ts';
import { systemRandom } from '../../systemRandom.ts';
import { eachFile, failureJson } from '../eachFile.ts';
import { EXIT } from '../exitCode.ts';
import { openWorkspace } from '../openWorkspace.ts';
import { wholeNumber } from '../options/amounts.ts';
import { configOption } from '../options/common.ts';
import { promptScope } from '../promptScope.ts';
import type { RunAction } from '../runAction.ts';
import type { Io } from '../terminal/io.ts';
import { compressionLines } from '../views/compression.ts';
import { problemLines } from '../views/problems.ts';

export interface CompressOptions {
  level?: CompressionLevel;
  targetTokens?: number;
  model?: string;
  glossary?: string;
  writer?: string;
  config?: string;
  check?: boolean;
  maxShare?: string;
  write?: boolean;
  json?: boolean;
}

/** Counted for prompts that name no model. */
const DEFAULT_MODEL = 'gpt-5-mini';
/** Limit of each paragraph that a model rewrites, in milliseconds. */
const WRITER_TIMEOUT_MS = 120_000;

interface Entry {
  absolute: string;
  before: string;
  compression: Compression;
  /** What the file leaves to code. */
  warnings: readonly Problem[];
  failed: boolean;
}

/** `touchstone compress`: its arguments and options. */
export function addCompress(program: Command, act: RunAction): void {
  program
    .command('compress')
    .description('shorten prompts without breaking them; shows the change unless --write is given')
    .argument('<files...>', 'prompt files of any format')
    .addOption(
      new Option('-l, --level <level>', 'how much to change (default: safe)').choices([
        'lossless',
        'safe',
        'aggressive',
      ]),
    )
    .option(
      '--target-tokens <n>',
      'shorten until the request has at most this many tokens',
      wholeNumber(1, 10_000_000),
    )
    .option(
      '-m, --model <model>',
      'count with the tokenizer of this model (default: the model that the prompt names)',
    )
    .option(
      '--glossary <file>',
      'a file of terms and their abbreviations (default: prompt-glossary.yaml, if it exists)',
    )
    .option('--writer <provider/model>', 'a model that rewrites long paragraphs at level aggressive')
    .addOption(configOption())
    .option('--check', 'change and show nothing; exit with 1 if anything could be saved')
    .option('--max-share <percent>', 'with --check: tolerate this much, such as 5%')
    .option('--write', 'write the changes to the files')
    .option('--json', 'print JSON')
    .action((files, options) => act((io) => compress(files, options, io)));
}

/**
 * Compresses prompts: shows the change, or writes it. Exit code 1 when a target is missed, or with --check
 * when more could be saved than is allowed. Nothing is written before all files are compressed.
 */
async function compress(files: readonly string[], options: CompressOptions, io: Io): Promise<number> {
  const allowed = readShare(options);
  const shared = await sharedOptions(options, io.cwd);
  const { done: entries, failed: unread } = await eachFile(
    files,
    (file) => compressFile(file, options, shared, allowed, io.cwd),
    io,
  );
  for (const { warnings } of entries) for (const line of problemLines(warnings, io.errStyle)) io.err(line);
  if (options.write) {
    for (const { absolute, before, compression } of entries) {
      // A link is followed, so that it is its file that is replaced.
      if (compression.text !== before) writeAtomic(realpathSync(absolute), compression.text, systemRandom);
    }
  }
  if (options.json) {
    const shown = { files: entries.map((entry) => toJson(entry, options)), failed: unread.map(failureJson) };
    io.out(JSON.stringify(shown, null, 2));
  } else {
    for (const { before, compression, failed } of entries) {
      const shown = {
        before,
        compression,
        failed,
        wrote: options.write === true,
        check: options.check === true,
      };
      for (const line of compressionLines(shown, io.style)) io.out(line);
    }
  }
  if (unread.length > 0) return EXIT.userError;
  return entries.some(({ failed }) => failed) ? EXIT.failed : EXIT.passed;
}

type Shared = Pick<EngineOptions, 'goal' | 'glossary' | 'writer'> & { tokenizers: Tokenizers };

async function sharedOptions(options: CompressOptions, cwd: string): Promise<Shared> {
  if (options.level !== undefined && options.targetTokens !== undefined) {
    throw new UsageError('--level and --target-tokens cannot be combined', {
      remedy: 'Use one of them.',
    });
  }
  if (options.check && options.write) {
    throw new UsageError('--check and --write cannot be combined', { remedy: 'Use one of them.' });
  }
  const { targetTokens, level = 'safe', writer } = options;
  return {
    tokenizers: new Tokenizers(),
    goal: targetTokens === undefined ? { level } : { targetTokens },
    glossary: readGlossary(options.glossary, cwd),
    ...(writer === undefined ? {} : { writer: await openWriter(writer, options, cwd) }),
  };
}

function readGlossary(given: string | undefined, cwd: string): Glossary {
  const name = given ?? GLOSSARY_FILE;
  const file = path.resolve(cwd, name);
  if (given === undefined && !existsSync(file)) return new Map();
  return parseGlossary({ path: name, text: readText(file, name) });
}

async function openWriter(
  reference: string,
  options: CompressOptions,
  cwd: string,
): Promise<NonNullable<EngineOptions['writer']>> {
  const config = options.config === undefined ? {} : { config: options.config };
  const { workspace } = await openWorkspace([], config, cwd, new AbortController().signal);
  const ports = { environment: processEnvironment, clock: systemClock, random: systemRandom, log: noLog };
  const catalog = createModelCatalog(workspace.config.providers, ports);
  return { client: catalog.client(reference), timeoutMs: WRITER_TIMEOUT_MS };
}

async function compressFile(
  file: string,
  options: CompressOptions,
  { tokenizers, ...shared }: Shared,
  allowed: number,
  cwd: string,
): Promise<Entry> {
  const { absolute, path: shown, root } = promptScope(file, cwd);
  const before = readText(absolute, file);
  const scope = { root, environment: processEnvironment };
  const prompt = parsePrompt({ path: shown, text: before }, scope);
  const model = options.model ?? prompt.model.id ?? DEFAULT_MODEL;
  const provider = options.model === undefined ? prompt.model.provider : undefined;
  const price = listPriceOf(model, provider);
  const compression = await whileModelsAnswer(
    compressPrompt(
      { text: before, prompt },
      { ...scope, ...shared, tokenizer: await tokenizers.forModel(model), ...(price ? { price } : {}) },
      new AbortController().signal,
    ),
  );
  const { tokens, targetMet } = compression;
  const share = (tokens.before.tokens - tokens.after.tokens) / tokens.before.tokens;
  const failed = targetMet === false || (options.check === true && share > allowed);
  return {
    absolute,
    before,
    compression: { ...compression, path: file },
    warnings: prompt.unresolved ?? [],
    failed,
  };
}

async function whileModelsAnswer<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    throw new UserError(`the model that rewrites paragraphs did not answer: ${error.message}`, {
      remedy: 'Try again, or omit --writer.',
      cause: error,
    });
  }
}

function readShare({ check, maxShare }: CompressOptions): number {
  if (maxShare === undefined) return 0;
  if (!check) throw new UsageError('--max-share needs --check', { remedy: 'Add --check.' });
  const match = /^(\d+(?:\.\d+)?)\s*%?$/.exec(maxShare.trim());
  const value = Number(match?.[1]);
  if (match === null || value > 100) {
    throw new UsageError(`invalid --max-share: ${maxShare}`, {
      remedy: 'Use a percentage, for example 5%.',
    });
  }
  return value / 100;
}

function toJson({ before, compression, failed }: Entry, options: CompressOptions): object {
  const { text, ...rest } = compression;
  return { ...rest, changed: text !== before, written: options.write === true && text !== before, failed };
}
