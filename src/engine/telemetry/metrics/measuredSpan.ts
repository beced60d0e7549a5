import type { AgentSpan } from '../../model/agentSpan.ts';
import type { LevelRetention } from '../../model/levelRetention.ts';
import type { LoggedSpan } from '../../model/loggedSpan.ts';
import { GENERAL } from '../attributes.ts';
import { CONVERSATION, readFacts } from '../dialects/readFacts.ts';
import type { PriceSpan } from '../dialects/traceTree.ts';
import { finestLevel, wrongTime } from './measuredTime.ts';
import type { MetricLabels } from './measures.ts';
import type { Measurement } from './metricBatch.ts';

/** Longest label, in UTF-16 units. */
const LABEL_LENGTH = 200;

/** What a span says that is measured. */
export interface MeasuredSpan {
  /** Its place in the log. */
  seq: number;
  /** Null where its time cannot be right; then nothing of it is measured. */
  call: Measurement | null;
  /** Why not. */
  refused: string | null;
  /** Its tokens and their cost, which count only where nothing below it has any; null where it says none. */
  use: Measurement | null;
  /** It has tokens, whether or not they can be measured. */
  hasTokens: boolean;
  span: AgentSpan;
}

export interface MeasureOptions {
  price: PriceSpan;
  retention: LevelRetention;
}

/** The time of a span is its end, when all of it is known. */
export function measuredSpan({ seq, record, arrivedMs }: LoggedSpan, options: MeasureOptions): MeasuredSpan {
  const span = readFacts(record, [], CONTENT);
  const hasTokens = span.tokens !== null;
  const refused = wrongTime(record.endMs, arrivedMs);
  if (refused !== null) return { seq, call: null, refused, use: null, hasTokens, span };

  const shared = {
    labels: labelsOf(span),
    timeMs: record.endMs,
    finest: finestLevel(arrivedMs - record.endMs, options.retention),
  };
  const call: Measurement = {
    ...shared,
    values: {
      errors: span.error === null ? 0 : 1,
      durationMs: record.endMs - record.startMs,
      firstTokenMs: span.firstTokenMs,
    },
  };
  return {
    seq,
    call,
    refused,
    use: hasTokens ? { ...shared, values: useOf(span, options) } : null,
    hasTokens,
    span,
  };
}

function useOf(span: AgentSpan, { price }: MeasureOptions): Measurement['values'] {
  return {
    inputTokens: span.tokens?.input ?? null,
    outputTokens: span.tokens?.output ?? null,
    costUsd: span.reportedUsd ?? price(span),
  };
}

function labelsOf({ record, model, role }: AgentSpan): MetricLabels {
  const release = record.resource?.[GENERAL.serviceVersion];
  return {
    service: labelText(record.service),
    model: labelText(model),
    operation: role,
    release: labelText(typeof release === 'string' ? release : null),
  };
}

/** As it is stored; undefined where it says nothing. */
export function labelText(text: string | null | undefined): string | undefined {
  return text ? text.slice(0, LABEL_LENGTH).toWellFormed() : undefined;
}

/** What says nothing that is measured. */
const CONTENT: readonly string[] = [
  ...CONVERSATION,
  'input.value',
  'ai.prompt',
  'ai.prompt.messages',
  'ai.response.text',
];
