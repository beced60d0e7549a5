import type { BudgetRecord } from '../../engine/model/budgetRecord.ts';
import { counted, formatCount } from '../../engine/model/figures.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import type { Style } from '../terminal/style.ts';

/** What a run used of its token budgets, and what was decided on them: one line each. */
export function budgetLines(records: readonly BudgetRecord[], style: Style): string[] {
  if (records.length === 0) return [];
  return [
    '',
    'token budgets (output tokens per call)',
    ...records.flatMap((record) => [
      `  ${sanitizeLine(record.target)}  ${record.complexity}  ${style.dim(sanitizeLine(record.reason))}`,
      ...(record.cutOff > 0
        ? [
            style.yellow(
              `    ${formatCount(record.cutOff)} of ${counted(record.calls, 'output')} cut off by the budget`,
            ),
          ]
        : []),
      ...(record.borrowed > 0
        ? [style.dim(`    ${counted(record.borrowed, 'token')} borrowed from the reserve`)]
        : []),
    ]),
  ];
}
