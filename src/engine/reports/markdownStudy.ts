import type {
  CascadeCalibration,
  EvaluatorAgreement,
  EvaluatorStudy,
  JudgeHealth,
} from '../model/evaluatorStudy.ts';
import { formatCost, formatCount, formatDuration, formatPercent, formatScore } from '../model/figures.ts';
import { cascadeSnippet } from './cascadeSnippet.ts';
import { codeSpan } from './markdownText.ts';

/** What a run tells of its evaluators, as a page of Markdown. `agreement` is what calibrated thresholds were asked to keep. */
export function markdownStudy(study: EvaluatorStudy, agreement: number): string {
  const parts = [
    '# Evaluators',
    `Run ${codeSpan(study.run)}. The verdicts of the run are not changed.`,
    ...study.agreements.map(agreementPart),
    ...study.judges.map(judgePart),
    ...study.calibrations.map((calibration) => calibrationPart(calibration, agreement)),
    ...study.notes,
  ];
  return `${parts.join('\n\n')}\n`;
}

type Sides = { first: number | null; second: number | null };

function agreementPart(entry: EvaluatorAgreement): string {
  const { first, second, outputs, oneSided, labelled } = entry;
  const both: [string, string][] = [
    ['Scores within 0.1', formatPercent(entry.within)],
    ['Same pass', formatPercent(entry.samePass)],
    ["Cohen's kappa of the passes", formatScore(entry.kappa)],
    ['Weighted kappa of the scores', formatScore(entry.weightedKappa)],
    ["Krippendorff's alpha", formatScore(entry.alpha)],
    ['Correlation (Pearson)', formatScore(entry.pearson)],
    ['Rank correlation (Spearman)', formatScore(entry.spearman)],
    ['Outputs on which they differ', formatCount(entry.differences.length)],
  ];

  const each: [string, Sides, (value: number | null) => string][] = [
    [`Agreement with labels (${formatCount(labelled)})`, entry.accuracy, formatPercent],
    ['Length bias (rank correlation)', entry.lengthBias, formatScore],
    ['Position bias (towards the first answer)', entry.positionBias, formatScore],
    ['Self-preference (its own model)', entry.selfPreference, formatScore],
    ['Cost each', entry.costUsd, formatCost],
    ['Time each', entry.latencyMs, (value) => (value === null ? '–' : formatDuration(value))],
  ];

  const missing = oneSided === 0 ? '' : ` ${formatCount(oneSided)} more were scored by one of them only.`;
  return [
    `## ${codeSpan(first)} and ${codeSpan(second)}`,
    `Both scored ${formatCount(outputs)} outputs.${missing}`,
    table(
      ['Together', ''],
      both.map(([name, value]) => [name, value]),
    ),
    table(
      ['Each', codeSpan(first, 30), codeSpan(second, 30)],
      each.map(([name, sides, show]) => [name, show(sides.first), show(sides.second)]),
    ),
  ].join('\n\n');
}

function judgePart({ judge, status, checks, judged, corrected }: JudgeHealth): string {
  const rows = checks.map(({ check, status: found, reason }) => [
    check,
    found,
    reason.replaceAll('|', '\\|'),
  ]);
  const rate = corrected
    ? `\n\nPass rate: ${formatPercent(judged)} as judged; corrected by the labels **${formatPercent(corrected.mean)}** (${range(corrected.interval)}).`
    : '';
  return `## ${codeSpan(judge)}: ${status}\n\n${table(['Check', '', 'Why'], rows)}${rate}`;
}

function calibrationPart(calibration: CascadeCalibration, agreement: number): string {
  const { stage, thresholds, outputs, settled, heldOut, holds } = calibration;
  const interval = heldOut.interval ? ` (${range(heldOut.interval)})` : '';
  const found = `Fails below ${formatScore(thresholds.fail)}, passes from ${formatScore(thresholds.pass)}: settles ${formatPercent(settled)} of ${formatCount(outputs)} outputs. On held-out outputs ${formatPercent(heldOut.agreement)} agree with the judge${interval}.`;
  const rest = holds
    ? `In the suite:\n\n\`\`\`yaml\n${cascadeSnippet(calibration)}\n\`\`\``
    : `Not shown to reach ${formatPercent(agreement)}.`;
  return `## Cascade: ${stage} stage\n\n${found}\n\n${rest}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function range({ low, high }: { low: number; high: number }): string {
  return `95 % interval ${formatPercent(low)} to ${formatPercent(high)}`;
}
