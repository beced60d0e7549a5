import type { Command } from 'commander';
import { countFile, type FileTokens } from '../../engine/cost/fileTokens.ts';
import { UsageError } from '../../engine/errors.ts';
import { readText } from '../../engine/files/readText.ts';
import { counted, formatCount, formatSigned, withSign } from '../../engine/model/figures.ts';
import type { TokenCount } from '../../engine/models/tokens/tokenCount.ts';
import { Tokenizers } from '../../engine/models/tokens/tokenizer.ts';
import { processEnvironment } from '../../engine/ports.ts';
import { eachFile, failureJson } from '../eachFile.ts';
import { EXIT } from '../exitCode.ts';
import { fileAt } from '../gitFile.ts';
import { promptScope } from '../promptScope.ts';
import type { RunAction } from '../runAction.ts';
import type { Io } from '../terminal/io.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import { renderTable } from '../terminal/table.ts';
import { problemLines } from '../views/problems.ts';

export interface TokensOptions {
  model?: string;
  json?: boolean;
  against?: string;
  maxIncrease?: string;
}

/** A file now, and as it was at the reference; null where it was not there. */
interface Entry {
  now: FileTokens;
  before: FileTokens | null;
  /** Tokens more than before; null without a comparison. */
  increase: number | null;
  over: boolean;
}

/** `touchstone tokens`: its arguments and options. */
export function addTokens(program: Command, act: RunAction): void {
  program
    .command('tokens')
    .description('count the tokens of prompts and text files, and how they changed since a commit')
    .argument('<files...>', 'prompt files of any format, or text files')
    .option(
      '-m, --model <model>',
      'count with the tokenizer of this model (default: the model that the prompt names)',
    )
    .option('--against <ref>', 'compare with a Git commit, branch or tag')
    .option(
      '--max-increase <amount>',
      'with --against: exit with 1 if a file grew by more, such as 5% or 200',
    )
    .option('--json', 'print JSON')
    .action((files, options) => act((io) => tokens(files, options, io)));
}

/** Counts the tokens of files; with a reference, exit code 1 when one of them grew by more than is allowed. */
async function tokens(files: readonly string[], options: TokensOptions, io: Io): Promise<number> {
  const limit = readLimit(options);
  const tokenizers = new Tokenizers();
  const { done: entries, failed } = await eachFile(
    files,
    (file) => countEntry(file, options, limit, tokenizers, io.cwd),
    io,
  );
  for (const { now } of entries) for (const line of problemLines(now.warnings, io.errStyle)) io.err(line);
  if (options.json) {
    const { against = null } = options;
    io.out(JSON.stringify({ against, files: entries.map(toJson), failed: failed.map(failureJson) }, null, 2));
  } else showEntries(entries, options, io);
  const over = entries.filter((entry) => entry.over);
  for (const { now } of over)
    io.err(
      `${io.errStyle.red('too long')} ${sanitizeLine(now.path)} grew by more than ${options.maxIncrease}`,
    );
  if (failed.length > 0) return EXIT.userError;
  return over.length > 0 ? EXIT.failed : EXIT.passed;
}

async function countEntry(
  file: string,
  options: TokensOptions,
  limit: Limit | undefined,
  tokenizers: Tokenizers,
  cwd: string,
): Promise<Entry> {
  const { absolute, path, root } = promptScope(file, cwd);
  const scope = { root, environment: processEnvironment, tokenizers };
  const model = options.model === undefined ? {} : { model: options.model };
  const counted = await countFile({ path, text: readText(absolute, file) }, { ...scope, ...model });
  const now = { ...counted, path: file };
  if (options.against === undefined) return { now, before: null, increase: null, over: false };
  const text = await fileAt(options.against, absolute, new AbortController().signal);
  if (text === undefined) return { now, before: null, increase: null, over: false };
  // Both by the same model, also where the file names another one now.
  const before = await countFile({ path, text }, { ...scope, model: now.model });
  const increase = now.total.tokens - before.total.tokens;
  return { now, before, increase, over: limit !== undefined && increase > limit(before.total.tokens) };
}

/** The most tokens that a file of so many tokens may grow by. */
type Limit = (before: number) => number;

function readLimit({ against, maxIncrease }: TokensOptions): Limit | undefined {
  if (maxIncrease === undefined) return undefined;
  if (against === undefined) {
    throw new UsageError('--max-increase needs --against', {
      remedy: 'Add a revision, for example --against HEAD or --against origin/main.',
    });
  }
  const match = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(maxIncrease.trim());
  if (!match) {
    throw new UsageError(`invalid --max-increase: ${maxIncrease}`, {
      remedy: 'Use a percentage or a number of tokens, for example 5% or 200.',
    });
  }
  const value = Number(match[1]);
  return match[2] === '%' ? (before) => (before * value) / 100 : () => value;
}

function showEntries(entries: readonly Entry[], options: TokensOptions, io: Io): void {
  const compares = options.against !== undefined;
  const columns = [
    { title: 'file' },
    { title: 'tokens', align: 'right' as const },
    ...(compares ? [{ title: `at ${options.against}`, align: 'right' as const }] : []),
    ...(compares ? [{ title: 'change', align: 'right' as const }] : []),
    { title: 'model' },
    { title: 'parts' },
  ];
  const rows = entries.map((entry) => [
    sanitizeLine(entry.now.path),
    formatTokens(entry.now.total),
    ...(compares ? [entry.before ? formatTokens(entry.before.total) : 'new'] : []),
    ...(compares ? [changeCell(entry, io)] : []),
    sanitizeLine(entry.now.model),
    partsCell(entry.now),
  ]);
  const [head = '', ...body] = renderTable(columns, rows);
  io.out(io.style.dim(head));
  for (const line of body) io.out(line);
  const bases = new Set(
    entries.filter(({ now }) => !now.total.exact).map(({ now }) => `${now.model}: ${now.basis}`),
  );
  for (const basis of bases) io.out(io.style.dim(`~ marks an estimate. ${sanitizeLine(basis)}`));
}

/** `1,234`, or `~1,210 (1,050–1,400)` for an estimate. */
function formatTokens({ tokens: count, low, high, exact }: TokenCount): string {
  return exact ? formatCount(count) : `~${formatCount(count)} (${formatCount(low)}–${formatCount(high)})`;
}

function changeCell({ before, increase, over }: Entry, io: Io): string {
  if (before === null || increase === null) return '–';
  const share =
    before.total.tokens === 0 || increase === 0
      ? ''
      : ` (${formatSigned((increase / before.total.tokens) * 100, 1)} %)`;
  const text = `${withSign(increase, formatCount)}${share}`;
  return over ? io.style.red(text) : text;
}

function partsCell({ messages, tools, responseFormat, images }: FileTokens): string {
  return [
    ...messages.map(({ role, tokens: count }) => `${role} ${formatCount(count.tokens)}`),
    ...(tools ? [`tools ${formatCount(tools.tokens)}`] : []),
    ...(responseFormat ? [`format ${formatCount(responseFormat.tokens)}`] : []),
    ...(images > 0 ? [`${counted(images, 'image')} (not counted)`] : []),
  ].join(', ');
}

function toJson({ now, before, increase, over }: Entry) {
  const compared = before === null ? {} : { before: before.total, increase, over };
  return {
    ...now,
    messages: now.messages.map(({ role, range, tokens: count }) => ({ role, line: range.line, ...count })),
    ...compared,
  };
}
