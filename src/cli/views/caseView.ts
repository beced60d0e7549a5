import { outputName } from '../../engine/datasets/edit/outputLabels.ts';
import type { LocatedCase } from '../../engine/model/case.ts';
import type { Evaluation } from '../../engine/model/evaluation.ts';
import { counted, formatCost, formatCount, formatDuration, formatScore } from '../../engine/model/figures.ts';
import { formatLocation } from '../../engine/model/location.ts';
import type { FromTrace } from '../../engine/model/output.ts';
import { sourceNote } from '../../engine/model/replySource.ts';
import type { TrialResult } from '../../engine/model/result.ts';
import type { Io } from '../terminal/io.ts';
import { sanitize, sanitizeLine } from '../terminal/sanitize.ts';

/** Everything about one trial: input, expected output, output, and the result of each evaluator. */
export function caseLines(result: TrialResult, located: LocatedCase | undefined, io: Io): string[] {
  const { style } = io;
  const { output } = result;
  const colour = { passed: style.green, failed: style.red, errored: style.yellow }[result.status];
  const facts = [
    formatDuration(output.latencyMs),
    ...(output.exitMs === undefined ? [] : [`exited after ${formatDuration(output.exitMs)}`]),
    ...(output.attempts === undefined ? [] : [counted(output.attempts, 'call')]),
    `cost ${formatCost(output.costUsd)}${output.costComputed ? ' (computed)' : ''}`,
    ...(output.usage
      ? [`${formatCount(output.usage.inputTokens)} tokens in, ${formatCount(output.usage.outputTokens)} out`]
      : []),
    ...(output.model ? [sanitizeLine(output.model)] : []),
    ...(output.finishReason ? [`finish reason: ${sanitizeLine(output.finishReason)}`] : []),
  ];
  return [
    `${style.bold(sanitizeLine(result.caseId))}  ${sanitizeLine(result.target)}  trial ${result.trial + 1}  ${colour(result.status)}  score ${formatScore(result.score, 3)}`,
    ...(located?.case.description ? [sanitizeLine(located.case.description)] : []),
    style.dim([located ? formatLocation(located.location) : '', ...facts].filter(Boolean).join('  ')),
    ...block('input', located?.case.messages ?? located?.case.input, io),
    ...block('expected', located?.case.expected_output, io),
    // A person labels the output by this name in the dataset.
    ...block(
      output.status === 'error' ? 'output' : `output ${outputName(output.text)}`,
      output.status === 'error' ? `${output.error.code}: ${output.error.message}` : output.text,
      io,
    ),
    ...output.toolCalls.map(
      (call) => `  ${style.dim('calls')} ${sanitizeLine(`${call.name}(${JSON.stringify(call.arguments)})`)}`,
    ),
    ...fromTraceLine(output.fromTrace, io),
    ...(output.source ? [`  ${style.yellow('source')} ${sanitizeLine(sourceNote(output.source))}`] : []),
    ...(output.warnings ?? []).map((warning) => `  ${style.yellow('warning')} ${sanitizeLine(warning)}`),
    style.dim('evaluations'),
    ...result.evaluations.map((evaluation) => evaluationLine(evaluation, io)),
    `  ${style.dim('verdict')} ${sanitizeLine(result.reason)}`,
    '',
  ];
}

/** What the reply does not give, and the agent's own spans show. */
function fromTraceLine(parts: readonly FromTrace[] | undefined, { style }: Io): string[] {
  if (!parts) return [];
  return [`  ${style.dim('from its trace')} ${parts.map((part) => PARTS[part]).join(', ')}`];
}

const PARTS: { readonly [part in FromTrace]: string } = {
  steps: 'steps',
  tool_calls: 'tool calls',
  usage: 'tokens',
  model: 'model',
  cost_usd: 'cost',
};

function block(label: string, value: unknown, io: Io): string[] {
  if (value === undefined || value === '') return [];
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return [
    io.style.dim(label),
    ...sanitize(text)
      .split('\n')
      .map((line) => `  ${line}`),
  ];
}

function evaluationLine(evaluation: Evaluation, { style }: Io): string {
  const name = `${sanitizeLine(evaluation.name)} ${style.dim(`(${evaluation.stage})`)}`;
  const source =
    evaluation.status !== 'skipped' && evaluation.source ? ` [${sourceNote(evaluation.source)}]` : '';
  const reason = sanitizeLine(`${evaluation.reason}${source}`);
  switch (evaluation.status) {
    case 'scored': {
      const mark = evaluation.pass ? style.green('✓') : style.red('✗');
      return `  ${mark} ${name} ${formatScore(evaluation.score)}  ${reason}`;
    }
    case 'error':
      return `  ${style.yellow('!')} ${name} error  ${reason}`;
    case 'skipped':
      return `  ${style.dim('·')} ${name} ${style.dim(`does not apply: ${reason}`)}`;
  }
}
