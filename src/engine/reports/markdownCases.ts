import { byCase, type CaseTrials } from '../model/caseTrials.ts';
import { formatScore } from '../model/figures.ts';
import { actualText, expectations, inputText, whyLines } from './caseText.ts';
import { folded } from './markdownRun.ts';
import { codeBlock, codeSpan, cut } from './markdownText.ts';
import type { RunReport } from './runReport.ts';

/** Characters of one field that are shown. */
const FIELD_LENGTH = 500;
const REASON_LENGTH = 300;
const TITLE_LENGTH = 120;
const MAX_REASONS = 5;
/** Bytes kept for what stands around the cases. */
const FRAME_BYTES = 400;
const INDENT = ' '.repeat(10);

/** The cases that did not pass, folded away, in at most `budget` bytes; as many as there is room for. */
export function markdownCases(report: RunReport, budget: number): string {
  const { failed, errored } = report.summary.total;
  const all = failed + errored;
  let left = budget - FRAME_BYTES;
  let shown = 0;
  const entries: string[] = [];

  for (const trials of byCase(report.results(['failed', 'errored']))) {
    const entry = caseEntry(report, trials);
    const size = Buffer.byteLength(entry, 'utf8');
    if (size > left) break;
    left -= size;
    shown += trials.length;
    entries.push(entry);
  }

  const rest = all - shown;
  const command = codeSpan(`touchstone show ${report.run.id} --failed`, 120);
  const more = rest > 0 ? [`… and ${rest} more, omitted for length; list them all with: ${command}\n`] : [];

  return `\n${folded(`Did not pass (${all})`, [...entries, ...more].join('\n'))}`;
}

/** One case by the first of its trials that did not pass. */
function caseEntry(report: RunReport, trials: CaseTrials): string {
  const [first] = trials;
  const located = report.caseAt(first.caseIndex);
  const { repeat } = report.run.plan;

  const head = [
    `**${codeSpan(first.caseId)}**`,
    ...described(located?.case.description),
    codeSpan(first.target),
    first.status,
    ...(first.score === null ? [] : [`score ${formatScore(first.score)}`]),
    ...(repeat > 1 ? [`${trials.length} of ${repeat} trials`] : []),
  ].join(' · ');

  const why = whyLines(first).slice(0, MAX_REASONS);
  const fields = [
    ...field('input', located ? inputText(located.case) : '', FIELD_LENGTH),
    ...field('expected', located ? expectations(located.case).join('\n') : '', FIELD_LENGTH),
    ...field('actual', actualText(first.output), FIELD_LENGTH),
    ...why.flatMap((reason, index) => field(index === 0 ? 'why' : '', reason, REASON_LENGTH)),
  ];

  return `${head}\n\n${codeBlock(fields.join('\n'))}`;
}

function described(description = ''): string[] {
  return description === '' ? [] : [codeSpan(description, TITLE_LENGTH)];
}

function field(label: string, text: string, limit: number): string[] {
  if (text === '') return [];
  return [`${label.padEnd(INDENT.length)}${cut(text, limit).replaceAll('\n', `\n${INDENT}`)}`];
}
