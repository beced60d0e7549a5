import { formatScore } from '../../engine/model/figures.ts';
import { type LiveEvaluation, labelOf } from '../../engine/model/liveEvaluation.ts';
import type { Io } from '../terminal/io.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import { truncate } from '../terminal/table.ts';

/** `  ✗ support/rubric 0.20  3f2a91c0  rude`, below the line of its trace. */
export function evaluationLine(evaluation: LiveEvaluation, { style, width }: Io): string {
  const { monitor, evaluator, score, reason, traceId } = evaluation;
  const value = score === null ? '' : ` ${formatScore(score)}`;
  const name = `${sanitizeLine(monitor)}/${sanitizeLine(evaluator)}${value}`;
  const why = evaluation.passed ? '' : `  ${sanitizeLine(reason)}`;
  const text = truncate(`${name}  ${traceId.slice(0, 8)}${why}`, Math.max(20, width - 4));
  switch (labelOf(evaluation)) {
    case 'pass':
      return `  ${style.green('✓')} ${text}`;
    case 'fail':
      return `  ${style.red(`✗ ${text}`)}`;
    case 'error':
      return `  ${style.yellow('?')} ${text}`;
  }
}
