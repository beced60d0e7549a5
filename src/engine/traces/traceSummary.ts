import type { AgentSpan, TokenUse } from '../model/agentSpan.ts';
import { GENERAL } from '../telemetry/attributes.ts';
import { walk } from '../telemetry/dialects/traceNode.ts';
import type { TraceTree } from '../telemetry/dialects/traceTree.ts';

/** A trace in a list. */
export interface TraceSummary {
  traceId: string;
  /** Of its root, else of its earliest span. */
  title: string;
  role: AgentSpan['role'];
  services: string[];
  /** Milliseconds since the epoch. */
  startMs: number;
  endMs: number;
  spans: number;
  errors: number;
  tokens: TokenUse;
  /** US dollars; null where unknown. */
  costUsd: number | null;
  models: string[];
  session: string | null;
  user: string | null;
  /** `service.version` of the root's service. */
  release: string | null;
  /** The root has not come yet. */
  incomplete: boolean;
  /** The lowest of its evaluations; null where there is none. */
  score: number | null;
}

/** The case of a run that a trace is of. */
export interface TraceOrigin {
  runId: string;
  caseId: string;
  target: string;
}

export interface ListedTrace extends TraceSummary {
  /** Null for a trace that was received from elsewhere. */
  origin: TraceOrigin | null;
}

export function summaryOf(tree: TraceTree): Omit<TraceSummary, 'score'> {
  const spans = [...walk(tree.roots)].flatMap(({ node }) => (node.span ? [node.span] : []));
  const [first] = tree.roots;
  const root = first?.span ?? spans.toSorted((a, b) => a.record.startMs - b.record.startMs)[0];
  const release = root?.record.resource?.[GENERAL.serviceVersion];

  return {
    traceId: tree.traceId,
    title: root?.title ?? tree.traceId,
    role: root?.role ?? 'other',
    services: distinct(spans.map(({ record }) => record.service)),
    startMs: tree.startMs,
    endMs: tree.endMs,
    spans: tree.spans,
    errors: tree.errors,
    tokens: tree.tokens,
    costUsd: tree.costUsd,
    models: distinct(spans.flatMap(({ role, model }) => (role === 'model' && model !== null ? [model] : []))),
    session: firstOf(spans, 'session'),
    user: firstOf(spans, 'user'),
    release: typeof release === 'string' ? release : null,
    incomplete: tree.roots.length !== 1 || root?.record.parentSpanId !== null,
  };
}

/** Input and output together; null where unknown, or too much to be exact. */
export function tokensOf({ tokens: { input, output } }: Pick<TraceSummary, 'tokens'>): number | null {
  if (input === null && output === null) return null;
  const sum = (input ?? 0) + (output ?? 0);
  return Number.isSafeInteger(sum) ? sum : null;
}

/** More than this of a trace is not searched. */
const MOST_WORDS = 200_000;

/** The text that a trace is searched by, in lower case: its names, its conversation, its errors and its attributes. */
export function wordsOf(tree: TraceTree): string {
  const words: string[] = [tree.traceId];
  let length = 0;
  for (const { node } of walk(tree.roots)) {
    if (!node.span) continue;
    const { record, title, error } = node.span;
    const text = [record.name, title, error?.message ?? '', ...values(record.attributes)].join('\n');
    words.push(text);
    length += text.length;
    if (length > MOST_WORDS) break;
  }
  return words.join('\n').slice(0, MOST_WORDS).toLowerCase();
}

function values(attributes: { readonly [name: string]: unknown }): string[] {
  return Object.entries(attributes).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
}

function firstOf(spans: readonly AgentSpan[], key: 'session' | 'user'): string | null {
  return spans.find((span) => span[key] !== null)?.[key] ?? null;
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
