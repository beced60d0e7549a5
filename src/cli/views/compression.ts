import type { Compression } from '../../engine/compress/compress.ts';
import type { Savings } from '../../engine/compress/savings.ts';
import { diffText } from '../../engine/files/text/diffText.ts';
import { counted, formatCost, formatCount, formatPercent } from '../../engine/model/figures.ts';
import { sanitize, sanitizeLine } from '../terminal/sanitize.ts';
import type { Style } from '../terminal/style.ts';
import { renderTable } from '../terminal/table.ts';

export interface ShownCompression {
  before: string;
  compression: Compression;
  failed: boolean;
  wrote: boolean;
  check: boolean;
}

/** One compressed file for a person: the diff, unless it was written or checked; what was saved, and by what. */
export function compressionLines(shown: ShownCompression, style: Style): string[] {
  const { before, compression, wrote, check, failed } = shown;
  const { path, text, tokens, rules, skipped, targetMet, savings } = compression;
  const name = sanitizeLine(path);
  const changed = text !== before;
  const skips = skipped.map(({ range, reason }) =>
    style.yellow(`${name}:${range.line}:${range.column}: message left unchanged: ${reason}`),
  );
  const diff = changed && !wrote && !check ? diffLines(before, text, path, style) : [];
  const counts = changed
    ? `${formatCount(tokens.before.tokens)} → ${formatCount(tokens.after.tokens)} tokens (−${formatPercent((tokens.before.tokens - tokens.after.tokens) / tokens.before.tokens)})`
    : `${formatCount(tokens.before.tokens)} tokens, nothing to remove`;
  const head = `${name}: ${tokens.before.exact ? '' : '~'}${counts}, counted for ${sanitizeLine(compression.model)}`;
  return [
    ...diff,
    failed ? style.red(head) : style.bold(head),
    ...ruleLines(compression, style),
    ...(rules.length > 0 ? savingLines(savings, compression.model) : []),
    ...(rules.some(({ rule }) => rule === 'summary') ? [style.yellow(UNVERIFIED)] : []),
    ...skips,
    ...(targetMet === false ? [style.red('  target not reached: the rest is protected')] : []),
    ...(changed && wrote ? ['  written'] : []),
  ];
}

const UNVERIFIED =
  "  the model's rewording is not verified: read the diff, or measure its effect with `touchstone compare`";

function diffLines(before: string, after: string, path: string, style: Style): string[] {
  return sanitize(diffText(before, after, path))
    .trimEnd()
    .split('\n')
    .map((line) => {
      if (/^(?:---|\+\+\+) /.test(line)) return style.bold(line);
      if (line.startsWith('-')) return style.red(line);
      if (line.startsWith('+')) return style.green(line);
      return line.startsWith('@@') ? style.cyan(line) : line;
    });
}

function ruleLines({ rules }: Compression, style: Style): string[] {
  if (rules.length === 0) return [];
  const columns = [
    { title: 'rule' },
    { title: 'level' },
    { title: 'findings', align: 'right' as const },
    { title: 'tokens', align: 'right' as const },
  ];
  const rows = rules.map((rule) => [
    rule.rule,
    rule.level,
    formatCount(rule.findings),
    `−${formatCount(rule.tokensSaved)}`,
  ]);
  const [head = '', ...body] = renderTable(columns, rows);
  return [style.dim(`  ${head}`), ...body.map((line) => `  ${line}`)];
}

function savingLines(savings: Savings | null, model: string): string[] {
  if (savings === null) return [`  cost savings unknown: no price for ${sanitizeLine(model)}`];
  const { per1000Calls, per1000CachedCalls, cache } = savings;
  const saved = formatCost(per1000Calls);
  const fromCache = per1000CachedCalls === null ? saved : formatCost(per1000CachedCalls);
  const cached = fromCache === saved ? '' : ` (${fromCache} for cached input)`;
  const lines = [`  saves ${saved} per 1,000 calls${cached}`];
  if (cache.readAnew > 0) {
    const cost = cache.onceUsd === null ? '' : `, ${formatCost(cache.onceUsd)}`;
    lines.push(`  the provider's cache must read ${counted(cache.readAnew, 'token')} again, once${cost}`);
  }
  if (cache.lost) {
    const cost = cache.lostPer1000Usd === null ? '' : `: ${formatCost(cache.lostPer1000Usd)} per 1,000 calls`;
    lines.push(
      `  the unchanging start becomes too short for the provider's cache, so its discount is lost${cost}`,
    );
  }
  return lines;
}
