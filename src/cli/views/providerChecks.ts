import { formatCount, formatDuration } from '../../engine/model/figures.ts';
import type { Fact, ProviderCheck } from '../../engine/models/providers/providerCheck.ts';
import type { Io } from '../terminal/io.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import type { Style } from '../terminal/style.ts';
import { type Column, fitTable } from '../terminal/table.ts';

const right = { align: 'right' as const };

const COLUMNS: readonly Column[] = [
  { title: 'model' },
  { title: 'reachable' },
  { title: 'key' },
  { title: 'model known' },
  { title: 'streams' },
  { title: 'first token', ...right, spare: 2 },
  { title: 'answer', ...right, spare: 1 },
  { title: 'limits', spare: 3 },
];

/** What one small request to each provider and model showed; then each problem with what to do. */
export function checkLines(checks: readonly ProviderCheck[], io: Io): string[] {
  const { style } = io;
  const rows = checks.map((check) => [
    sanitizeLine(check.model === null ? `${check.provider} (no model)` : `${check.provider}/${check.model}`),
    factCell(check.reachable, style),
    factCell(check.keyAccepted, style),
    factCell(check.modelKnown, style),
    factCell(check.streams, style),
    durationCell(check.firstTokenMs),
    durationCell(check.latencyMs),
    allowanceCell(check),
  ]);
  const [head = '', ...lines] = fitTable(COLUMNS, rows, io.width);
  return [style.dim(head), ...lines, ...checks.flatMap((check) => problemLinesOf(check, style))];
}

function problemLinesOf({ provider, model, problem }: ProviderCheck, style: Style): string[] {
  if (!problem) return [];
  const name = model === null ? provider : `${provider}/${model}`;
  return [
    '',
    `${style.red('error')} ${sanitizeLine(`${name}: ${problem.message}`)}`,
    `  ${sanitizeLine(problem.remedy)}`,
  ];
}

function factCell(fact: Fact, { green, red, dim }: Style): string {
  switch (fact) {
    case 'yes':
      return green('✓');
    case 'no':
      return red('✗');
    case 'unknown':
      return dim('?');
    case 'not asked':
      return dim('–');
  }
}

function durationCell(ms: number | null): string {
  return ms === null ? '–' : formatDuration(ms);
}

/** `4,999 of 5,000 requests, 98,000 of 100,000 tokens left`; what the provider says of its limits. */
function allowanceCell({ allowance }: ProviderCheck): string {
  const parts = (['requests', 'tokens'] as const).flatMap((unit) => {
    const found = allowance?.[unit];
    if (found?.remaining === undefined) return [];
    const of = found.limit === undefined ? '' : ` of ${formatCount(found.limit)}`;
    return [`${formatCount(found.remaining)}${of} ${unit}`];
  });
  return parts.length === 0 ? 'not told' : `${parts.join(', ')} left`;
}
