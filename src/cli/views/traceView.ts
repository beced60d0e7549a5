import type { AgentSpan, TokenUse } from '../../engine/model/agentSpan.ts';
import { formatCost, formatCount, formatDuration, formatScore } from '../../engine/model/figures.ts';
import type { LogRecord, SpanRecord } from '../../engine/model/span.ts';
import { EVENT, GEN_AI } from '../../engine/telemetry/attributes.ts';
import type { TraceNode } from '../../engine/telemetry/dialects/traceNode.ts';
import type { TraceTree } from '../../engine/telemetry/dialects/traceTree.ts';
import { placedLogs } from '../../engine/traces/placedLogs.ts';
import type { SpanEvaluation } from '../../engine/traces/spanEvaluations.ts';
import type { Io } from '../terminal/io.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import { truncate } from '../terminal/table.ts';
import { contentLines } from './messageLines.ts';

export interface TraceLineOptions {
  logs: readonly LogRecord[];
  /** Shown below their spans. */
  evaluations?: readonly SpanEvaluation[];
  /** Shows the conversations of spans below them. */
  messages?: boolean;
}

/** A trace as a tree: spans with time, tokens, cost and service; below them their tools' arguments, log lines and messages. */
export function traceLines(tree: TraceTree | undefined, options: TraceLineOptions, io: Io): string[] {
  if (!tree) return ['no spans stored'];
  const said = {
    logs: Map.groupBy(placedLogs(tree, options.logs), ({ spanId }) => spanId),
    evaluations: Map.groupBy(options.evaluations ?? [], ({ spanId }) => spanId),
  };
  const lines = [[io.style.dim(`trace ${tree.traceId}`), ...totals(tree)].join('  ')];

  // No recursion: a trace may be a chain of thousands.
  const most = deepestIndent(io.width);
  const open = placed(tree.roots, { indent: '', depth: 0, most }).reverse();
  for (let next = open.pop(); next; next = open.pop()) {
    const { node, indent, deeper, branch } = next;
    lines.push(`${indent}${io.style.dim(branch)}${nodeText(node, tree, io)}`);
    for (const line of below(node, said, options, io)) lines.push(`${deeper}   ${line}`);
    open.push(...placed(node.children, { indent: deeper, depth: next.depth + 1, most }).reverse());
  }

  return lines;
}

/** How many levels are drawn: a third of the line at most. What is deeper says how deep it is. */
function deepestIndent(width = 100): number {
  return Math.max(4, Math.floor(width / 3 / INDENT));
}

/** Columns of one level. */
const INDENT = 3;

interface PlacedNode {
  node: TraceNode;
  depth: number;
  indent: string;
  /** The indent of what is below it. */
  deeper: string;
  branch: string;
}

function placed(
  nodes: readonly TraceNode[],
  { indent, depth, most }: { indent: string; depth: number; most: number },
): PlacedNode[] {
  return nodes.map((node, index) => {
    if (depth === 0) return { node, depth, indent, deeper: indent, branch: '' };
    if (depth > most) return { node, depth, indent, deeper: indent, branch: `level ${depth}  ` };
    const last = index === nodes.length - 1;
    const deeper = `${indent}${last ? '   ' : '│  '}`;
    return { node, depth, indent, deeper, branch: last ? '└─ ' : '├─ ' };
  });
}

function totals({ tokens, costUsd, errors, counted }: TraceTree): string[] {
  return [
    ...(tokens.input === null && tokens.output === null ? [] : [tokenText(tokens)]),
    ...(counted.size === 0 ? [] : [costUsd === null ? 'cost unknown' : formatCost(costUsd)]),
    ...(errors === 0 ? [] : [`${formatCount(errors)} ${errors === 1 ? 'error' : 'errors'}`]),
  ];
}

function nodeText({ span, spanId, inCycle }: TraceNode, tree: TraceTree, { style, width = 100 }: Io): string {
  if (!span) return style.dim(`(span ${spanId} has not arrived)`);
  const { record, role, error } = span;
  const name = truncate(sanitizeLine(record.name), Math.max(40, width));
  const mark = error ? style.red(`✗ ${name}`) : name;
  const service = record.service === 'touchstone' ? '' : style.cyan(` [${sanitizeLine(record.service)}]`);
  const facts = [
    ...(role === 'other' ? [] : [role]),
    formatDuration(record.endMs - record.startMs),
    ...usageFacts(span, tree),
    ...(inCycle ? ['its parent is below it'] : []),
  ];

  const message = error ? style.red(` ${sanitizeLine(error.message)}`) : '';
  return `${mark}${scoreText(record)}${service} ${style.dim(facts.join('  '))}${message}`;
}

/** Of the calls that count; spans around them tell the same tokens again. */
function usageFacts({ record, model, tokens }: AgentSpan, tree: TraceTree): string[] {
  const named = model !== null && !record.name.includes(model) ? [sanitizeLine(model)] : [];
  if (!tree.counted.has(record.spanId) || tokens === null) return named;
  const usd = tree.usd.get(record.spanId);
  return [...named, tokenText(tokens), usd === undefined ? 'unpriced' : formatCost(usd)];
}

/** `1,234 tokens in, 56 out`. */
export function tokenText({ input, output }: Pick<TokenUse, 'input' | 'output'>): string {
  const count = (tokens: number | null) => (tokens === null ? '?' : formatCount(tokens));
  return `${count(input)} tokens in, ${count(output)} out`;
}

function scoreText({ events }: SpanRecord): string {
  const evaluation = events.find((event) => event.name === EVENT.evaluationResult);
  const score = evaluation?.attributes[GEN_AI.evaluationScore];
  return typeof score === 'number' ? ` ${formatScore(score)}` : '';
}

/** Of spans, by their ids. */
interface Said {
  logs: ReadonlyMap<string, readonly LogRecord[]>;
  evaluations: ReadonlyMap<string | null, readonly SpanEvaluation[]>;
}

function below(
  { span, spanId }: TraceNode,
  said: Said,
  { messages = false }: TraceLineOptions,
  io: Io,
): string[] {
  // The scores of its own events stand beside its name.
  const own = new Set(span?.record.events.map(({ attributes }) => attributes[GEN_AI.evaluationName]));
  const evaluations = (said.evaluations.get(spanId) ?? []).filter(({ name }) => !own.has(name));
  const logs = (said.logs.get(spanId) ?? []).filter(({ event }) => event === undefined);
  return [
    ...(span?.tool ? toolLines(span.tool, io) : []),
    ...(span && messages && !span.tool ? contentLines(span, io) : []),
    ...evaluations.map((evaluation) => evaluationText(evaluation, io)),
    ...logs.map(({ level, message }) => `${io.style.dim(level)} ${sanitizeLine(message)}`),
  ];
}

/** `✓ support/is-json 1.00`, `✗ support/rubric 0.20 rude`. */
function evaluationText({ name, score, label, explanation }: SpanEvaluation, { style, width }: Io): string {
  const value = score === null ? '' : ` ${formatScore(score)}`;
  const why = label === 'pass' || explanation === null ? '' : ` ${sanitizeLine(explanation)}`;
  const text = truncate(`${sanitizeLine(name)}${value}${why}`, Math.max(20, width - 20));
  if (label === 'pass') return `${style.green('✓')} ${text}`;
  return label === 'fail' ? style.red(`✗ ${text}`) : `${style.yellow('?')} ${text}`;
}

function toolLines(tool: NonNullable<AgentSpan['tool']>, { style, width }: Io): string[] {
  const line = (label: string, value: unknown): string[] =>
    value === undefined || value === null
      ? []
      : [`${style.dim(label)} ${truncate(sanitizeLine(textOf(value)), Math.max(20, width - 20))}`];
  return [...line('arguments', tool.arguments), ...line('result', tool.result)];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
