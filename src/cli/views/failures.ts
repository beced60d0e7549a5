import type { GoldenCase } from '../../engine/model/case.ts';
import type { Evaluation } from '../../engine/model/evaluation.ts';
import { counted, formatScore } from '../../engine/model/figures.ts';
import { sourceNote } from '../../engine/model/replySource.ts';
import type { TrialResult } from '../../engine/model/result.ts';
import { expectations, inputText, isBad } from '../../engine/reports/caseText.ts';
import { appliedAllowance } from '../../engine/targets/prompt/tokenAllowance.ts';
import type { Io } from '../terminal/io.ts';
import { sanitize, sanitizeLine } from '../terminal/sanitize.ts';
import { truncate, wrap } from '../terminal/table.ts';

/** Lines of a text that are shown before it is cut; a reason may hold the last output of an agent. */
const MAX_LINES = 3;
const MAX_REASON_LINES = 12;
const LABEL_WIDTH = 10;
const MAX_TITLE = 80;

/** A failed or errored trial of `repeat`: input, expected and actual output, and why it did not pass. */
export function failureLines(
  result: TrialResult,
  { entry, repeat, io }: { entry: GoldenCase | undefined; repeat: number; io: Io },
): string[] {
  const { style } = io;
  const mark = result.status === 'failed' ? style.red('✗ failed ') : style.yellow('! errored');
  const trial = repeat > 1 ? `  trial ${result.trial + 1} of ${repeat}` : '';
  const score = result.score === null ? '' : `  score ${formatScore(result.score)}`;
  const description = entry?.description ? `  ${truncate(sanitizeLine(entry.description), MAX_TITLE)}` : '';
  const head = `${mark} ${style.bold(sanitizeLine(result.caseId))}${description}  ${sanitizeLine(result.target)}${trial}${score}`;
  return [
    head,
    ...(entry ? labelled('input', inputText(entry), io) : []),
    ...(entry ? labelled('expected', expectations(entry).join('; '), io) : []),
    ...labelled('actual', actualText(result), io),
    ...labelled('', cutOffText(result), io),
    ...(result.output.source && result.status === 'failed'
      ? labelled('source', sourceNote(result.output.source), io)
      : []),
    ...(result.output.warnings ?? []).flatMap((warning) => labelled('warning', warning, io)),
    ...whyLines(result, io),
    style.dim(`    ${'trace'.padEnd(LABEL_WIDTH)}${result.traceId}`),
    '',
  ];
}

function cutOffText({ output }: TrialResult): string {
  const applied = appliedAllowance(output);
  if (!applied?.cutOff) return '';
  const { tokens, borrowed, complexity } = applied;
  return `cut off by its budget of ${counted(tokens + borrowed, 'output token')} (${complexity})`;
}

/**
 * One line for each evaluator that failed or could not measure. Where each passed and their scores together were
 * too low, the reason of the verdict, and what each found wanting.
 */
function whyLines(result: TrialResult, io: Io): string[] {
  const bad = result.evaluations.filter(isBad);
  const shown = bad.length > 0 ? bad : result.evaluations.filter(isWanting);
  const verdict =
    bad.length > 0 ? [] : [...reasonLines('why', result.reason, io), ...labelled('', hintFor(result), io)];
  const lines = [
    ...verdict,
    ...shown.flatMap((evaluation, index) =>
      reasonLines(index === 0 && bad.length > 0 ? 'why' : '', describe(evaluation), io),
    ),
  ];
  const { early, stage, skipped } = result.settlement;
  if (!early) return lines;
  const left = `settled at the ${stage} stage; skipped: ${skipped.map(({ name }) => name).join(', ')}`;
  return [...lines, ...labelled('', left, io)];
}

function isWanting(evaluation: Evaluation): boolean {
  return evaluation.status === 'scored' && evaluation.score < 1 && evaluation.weight > 0;
}

function describe({ name, stage, reason }: Evaluation): string {
  return `${name} (${stage}): ${reason}`;
}

/** What to check when a target could not be called as configured. */
const HINTS: { readonly [code: string]: string } = {
  auth: 'Check the API key of the provider, or the headers of the agent.',
  'not-found': 'Check the model name and the URL.',
  network: 'Check that the server is running and that the URL is correct.',
};

function hintFor({ output }: TrialResult): string {
  return output.status === 'error' ? (HINTS[output.error.code] ?? '') : '';
}

/** Keeps the line breaks of a reason: it may name a remedy below, or quote an agent. */
function reasonLines(label: string, reason: string, io: Io): string[] {
  return block(label, sanitize(reason.replaceAll('\r\n', '\n')).replaceAll('\t', ' '), MAX_REASON_LINES, io);
}

function labelled(label: string, text: string, io: Io): string[] {
  return block(label, sanitizeLine(text), MAX_LINES, io);
}

function block(label: string, text: string, most: number, io: Io): string[] {
  const width = Math.max(20, io.width - LABEL_WIDTH - 4);
  const shown = wrap(text, width, most + 1);
  if (shown.length > most) shown.splice(most - 1, 2, truncate(`${shown[most - 1]} …`, width));
  return shown.map(
    (line, index) => `    ${io.style.dim((index === 0 ? label : '').padEnd(LABEL_WIDTH))}${line}`,
  );
}

function actualText({ output }: TrialResult): string {
  if (output.status === 'error') return '';
  const calls = output.toolCalls.map((call) => call.name);
  return [output.text || '(empty)', calls.length > 0 ? `called: ${calls.join(', ')}` : '']
    .filter(Boolean)
    .join(' — ');
}
