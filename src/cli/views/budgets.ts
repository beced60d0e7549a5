import type { BudgetRecord } from '../../engine/model/budgetRecord.ts';
import { formatCount } from '../terminal/format.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import type { Style } from '../terminal/style.ts';

/** What a run used of its token budgets, and what was decided on them: one line each. */
export function budgetLines(records: readonly BudgetRecord[], style: Style): string[] {
  if (records.length === 0) return [];
  return [
    '',
    'token budgets (output tokens of a call)',
    ...records.flatMap((record) => [
      `  ${sanitizeLine(record.target)}  ${record.complexity}  ${style.dim(sanitizeLine(record.reason))}`,
      ...(record.cutOff > 0
        ? [style.yellow(`    ${record.cutOff} of ${record.calls} outputs were cut off by their budget`)]
        : []),
      ...(record.borrowed > 0
        ? [style.dim(`    ${formatCount(record.borrowed)} tokens were lent from the reserve`)]
        : []),
    ]),
  ];
}
