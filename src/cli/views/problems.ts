import { formatLocation } from '../../engine/model/location.ts';
import type { Problem } from '../../engine/model/problem.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import type { Style } from '../terminal/style.ts';

/** `file:line:column: error: what`, and under it the remedy and related places. */
export function problemLines(problems: readonly Problem[], style: Style): string[] {
  return problems.flatMap((problem) => {
    const severity = problem.severity === 'error' ? style.red('error') : style.yellow('warning');
    return [
      `${sanitizeLine(formatLocation(problem.location))}: ${severity}: ${sanitizeLine(problem.message)}`,
      ...(problem.remedy ? [style.dim(`  ${sanitizeLine(problem.remedy)}`)] : []),
      ...(problem.related ?? []).map(({ message, location }) =>
        style.dim(`  ${sanitizeLine(formatLocation(location))}: ${sanitizeLine(message)}`),
      ),
    ];
  });
}
