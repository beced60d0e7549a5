import type { AgentSpan, SpanRole } from '../../../model/agentSpan.ts';
import type { Clock } from '../../../ports.ts';
import { GEN_AI } from '../../attributes.ts';
import { labelText, type MeasuredSpan } from '../measuredSpan.ts';
import { type StoredMeasure, storedValue } from '../measures.ts';
import type { Measurement } from '../metricBatch.ts';
import type { MeasuredBatch } from '../metricConsumer.ts';
import type { Exposition } from './exposition.ts';
import { LabelSets, type PromLabels } from './labelSets.ts';

/** As OpenTelemetry's conventions advise for each metric; in seconds, and in tokens. */
const DURATION = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const FIRST_TOKEN = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const TOKENS = Array.from({ length: 14 }, (_, power) => 4 ** power);

const NAMES = [
  'service_name',
  'gen_ai_operation_name',
  'gen_ai_provider_name',
  'gen_ai_request_model',
  'gen_ai_response_model',
] as const;

/** For how long tokens wait for spans below theirs, which they repeat, in milliseconds: a counter cannot be taken back. */
const SETTLE_MS = 10_000;
/** More than this do not wait. */
const MOST_WAITING = 50_000;

interface Waiting {
  labels: PromLabels;
  exemplar: { [name: string]: string };
  since: number;
}

/** OpenTelemetry's metrics of generative AI, in Prometheus' spelling, out of the measured spans. */
export class SpanMetrics {
  readonly #clock: Clock;
  readonly #duration;
  readonly #firstToken;
  readonly #tokens;
  readonly #cost;
  readonly #sets = { duration: new LabelSets(), firstToken: new LabelSets(), tokens: new LabelSets() };
  /** In the order in which they came. */
  readonly #waiting = new Map<Measurement, Waiting>();

  constructor(exposition: Exposition, clock: Clock) {
    this.#clock = clock;
    this.#duration = exposition.histogram({
      name: 'gen_ai_client_operation_duration_seconds',
      help: 'Duration of calls of models, agents and tools.',
      labels: [...NAMES, 'error_type'],
      buckets: DURATION,
    });
    this.#firstToken = exposition.histogram({
      name: 'gen_ai_server_time_to_first_token_seconds',
      help: 'Time from the start of a call to its first token.',
      labels: NAMES,
      buckets: FIRST_TOKEN,
    });
    this.#tokens = exposition.histogram({
      name: 'gen_ai_client_token_usage',
      help: 'Tokens of calls of models, each call once.',
      labels: [...NAMES, 'gen_ai_token_type'],
      buckets: TOKENS,
    });
    this.#cost = exposition.counter({
      name: 'touchstone_cost_usd_total',
      help: 'Cost of received calls of models in US dollars, where the price is known.',
      labels: NAMES,
    });
  }

  /** What was stored. */
  measured({ spans, counted, uncounted }: MeasuredBatch): void {
    const uses = new Map(spans.flatMap((one) => (one.use ? [[one.use, one] as const] : [])));
    for (const one of spans) if (one.call) this.#observeCall(one);
    for (const use of uncounted) this.#waiting.delete(use);
    for (const use of counted) {
      const span = uses.get(use)?.span;
      if (span) this.#waiting.set(use, { ...this.#about(span), since: this.#clock.monotonic() });
    }
    this.settle(this.#waiting.size - MOST_WAITING);
  }

  /** Counts the tokens that have waited long enough, and at least the first `least`. */
  settle(least = 0): void {
    const before = this.#clock.monotonic() - SETTLE_MS;
    let left = least;
    for (const [use, { labels, exemplar, since }] of this.#waiting) {
      if (left <= 0 && since > before) return;
      left -= 1;
      this.#waiting.delete(use);
      this.#observeUse(use, labels, exemplar);
    }
  }

  #observeCall({ span, call }: MeasuredSpan): void {
    const operation = operationOf(span);
    if (operation === null || !call) return;
    const exemplarLabels = exemplarOf(span);
    const duration = valid('durationMs', call.values.durationMs);
    const firstToken = valid('firstTokenMs', call.values.firstTokenMs);
    const names = namesOf(span);

    if (duration !== null) {
      // The conventions have no such attribute where there was no error.
      const error = span.error === null ? '' : (labelText(span.error.type) ?? '_OTHER');
      const labels = this.#sets.duration.of({ ...names, error_type: error }, operation);
      this.#duration.observe({ labels, value: duration / 1_000, exemplarLabels });
    }
    if (firstToken !== null) {
      const labels = this.#sets.firstToken.of(names, operation);
      this.#firstToken.observe({ labels, value: firstToken / 1_000, exemplarLabels });
    }
  }

  #observeUse({ values }: Measurement, labels: PromLabels, exemplarLabels: { [name: string]: string }): void {
    for (const [type, measure] of TYPES) {
      const value = valid(measure, values[measure]);
      if (value !== null)
        this.#tokens.observe({ labels: { ...labels, gen_ai_token_type: type }, value, exemplarLabels });
    }
    const cost = valid('costUsd', values.costUsd);
    if (cost !== null) this.#cost.inc(labels, cost);
  }

  #about(span: AgentSpan): Omit<Waiting, 'since'> {
    const operation = operationOf(span) ?? { gen_ai_operation_name: 'other' };
    return { labels: this.#sets.tokens.of(namesOf(span), operation), exemplar: exemplarOf(span) };
  }
}

const TYPES = [
  ['input', 'inputTokens'],
  ['output', 'outputTokens'],
] as const;

/** Names of operations by the conventions, for what they have a metric of. */
const OPERATIONS: { readonly [role in SpanRole]?: string } = {
  model: 'chat',
  embedding: 'embeddings',
  agent: 'invoke_agent',
  tool: 'execute_tool',
};
const OTHER_OPERATIONS: ReadonlySet<unknown> = new Set(['generate_content', 'text_completion']);

function operationOf({ role, record }: AgentSpan): PromLabels | null {
  const said = record.attributes[GEN_AI.operationName];
  const name = role === 'model' && OTHER_OPERATIONS.has(said) ? String(said) : OPERATIONS[role];
  return name === undefined ? null : { gen_ai_operation_name: name };
}

function namesOf({ record, provider, model }: AgentSpan) {
  const requested = record.attributes[GEN_AI.requestModel];
  return {
    service_name: record.service,
    gen_ai_provider_name: provider,
    gen_ai_request_model: typeof requested === 'string' ? requested : model,
    gen_ai_response_model: model,
  };
}

/** Well below the 128 characters that an exemplar may have; beyond, the library throws after it has counted. */
function exemplarOf({ record: { traceId, spanId } }: AgentSpan): { [name: string]: string } {
  if (!/^[0-9a-f]{32}$/.test(traceId) || !/^[0-9a-f]{16}$/.test(spanId)) return {};
  return { trace_id: traceId, span_id: spanId };
}

function valid(measure: StoredMeasure, value: number | null | undefined): number | null {
  if (value === null || value === undefined) return null;
  return typeof storedValue(measure, value) === 'number' ? value : null;
}
