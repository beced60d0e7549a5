import type { Redactor } from '../../http/redactor.ts';
import { HttpProblem } from '../../http/server/httpProblem.ts';
import { defined } from '../../model/defined.ts';
import { counted } from '../../model/figures.ts';
import type { JsonValue } from '../../model/json.ts';
import type { LogRecord, SpanRecord } from '../../model/span.ts';
import { usageOf } from '../../model/tokenUsage.ts';
import type { Clock, Span } from '../../ports.ts';
import type { CallTraces, ShownByTrace } from '../../targets/callTraces.ts';
import { traceAnswer } from '../../telemetry/dialects/traceAnswer.ts';
import { type PriceSpan, traceTree } from '../../telemetry/dialects/traceTree.ts';
import { readLogLine } from '../../telemetry/logLines/readLogLine.ts';
import { readSpans } from '../../telemetry/receiver/readSpans.ts';
import type { Tracer } from '../../telemetry/tracer.ts';
import { type AgentRecords, adoptSpans } from './adoptSpans.ts';
import type { CallReceiver, OpenedPath, RunReceiver } from './runReceiver.ts';
import type { SpansElsewhere } from './spansElsewhere.ts';

export interface CallSpansOptions {
  /** The span of the call. */
  span: Span;
  tracer: Tracer;
  clock: Clock;
  /** Undefined where nothing is received over HTTP. */
  receiver: RunReceiver | undefined;
  elsewhere: SpansElsewhere | undefined;
  redactor: Redactor | undefined;
  price: PriceSpan | undefined;
  target: string;
}

/** Of one call. More is not kept. */
const MOST_SPANS = 10_000;
const MOST_LOGS = 10_000;
const MOST_BYTES = 64 * 1024 * 1024;
/** For which a call waits for requests that are under way when it is over, in milliseconds. */
const UNDER_WAY_MS = 2_000;

/** What an agent traces of itself in one call, from wherever it comes: put into the trace of the case when the call is over. */
export class CallSpans implements CallTraces, CallReceiver {
  readonly #options: CallSpansOptions;
  readonly #spans = new Map<string, SpanRecord>();
  readonly #logs: LogRecord[] = [];
  /** Ids of all spans, once the call is over. */
  #adopted: ReadonlySet<string> | undefined;
  #path: OpenedPath | undefined;
  #bytes = 0;
  #left = 0;

  constructor(options: CallSpansOptions) {
    this.#options = options;
  }

  async endpoint(): Promise<string | undefined> {
    this.#path = await this.#options.receiver?.open(this);
    return this.#path?.url;
  }

  admit(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > MOST_BYTES) throw new HttpProblem(413, 'this call has sent too much');
  }

  async keep(records: AgentRecords): Promise<void> {
    const { spans, logs } = this.#clean(records);
    if (this.#adopted) this.#addLate({ spans, logs }, this.#adopted);
    else this.#add({ spans, logs });
  }

  #add({ spans, logs }: AgentRecords): void {
    for (const span of spans) {
      const key = `${span.traceId} ${span.spanId}`;
      if (this.#spans.has(key)) continue;
      if (this.#spans.size < MOST_SPANS) this.#spans.set(key, span);
      else this.#left += 1;
    }
    for (const line of logs) if (this.#logs.length < MOST_LOGS) this.#logs.push(line);
  }

  take(request: JsonValue): void {
    const { span } = this.#options;
    const read = readSpans(request);
    if (!read) {
      span.log('warn', 'the agent sent something that is not OTLP JSON');
      return;
    }
    if (read.rejected > 0)
      span.log('warn', `${counted(read.rejected, 'malformed span')} left out: ${read.reasons.join('; ')}`);
    this.#add(this.#clean({ spans: read.records, logs: [] }));
  }

  #clean(records: AgentRecords): AgentRecords {
    return this.#options.redactor?.value(records) ?? records;
  }

  takeLines(lines: readonly string[]): string[] {
    const { clock } = this.#options;
    const others: string[] = [];
    const read: LogRecord[] = [];
    for (const text of lines) {
      const line = this.#logs.length + read.length < MOST_LOGS ? readLogLine(text) : undefined;
      if (line && line.traceId + line.spanId !== '')
        read.push({ ...line, timeMs: line.timeMs ?? clock.now() });
      else others.push(text);
    }

    const sent = new Set(this.#logs.map(sameLine));
    const { logs } = this.#clean({ spans: [], logs: read });
    this.#add({ spans: [], logs: logs.filter((line) => !sent.has(sameLine(line))) });
    return others;
  }

  async close({
    elsewhere,
    signal,
  }: {
    elsewhere: boolean;
    signal: AbortSignal;
  }): Promise<ShownByTrace | null> {
    await this.#received();
    if (elsewhere) await this.#fetch(signal);

    const { span, tracer, price } = this.#options;
    const spans = [...this.#spans.values()];
    const ids = new Set(spans.map(({ spanId }) => spanId));
    this.#adopted = ids;
    if (spans.length === 0 && this.#logs.length === 0) return null;
    if (this.#left > 0)
      span.log('warn', `the agent sent more than ${counted(MOST_SPANS, 'span')}: ${this.#left} left out`);

    const records = adoptSpans({ spans, logs: this.#logs }, span, ids);
    tracer.accept(records);
    this.#spans.clear();
    this.#logs.length = 0;
    return spans.length === 0 ? null : shownBy(records, price);
  }

  /** What the program sent before it ended may be on its way through this machine yet. */
  async #received(): Promise<void> {
    const path = this.#path;
    if (!path) return;
    await turn();
    await turn();

    const enough = new AbortController();
    const limit = this.#options.clock.sleep(UNDER_WAY_MS, enough.signal).catch(() => {});
    await Promise.race([path.idle(), limit]);
    enough.abort();
  }

  async #fetch(signal: AbortSignal): Promise<void> {
    const { elsewhere, span, target } = this.#options;
    if (!elsewhere) return;
    // An agent that sends to the endpoint of the call sends nothing elsewhere.
    const found = this.#spans.size > 0 ? elsewhere.now(span) : await elsewhere.wait(span, target, signal);
    if (found) await this.keep(found);
    else if (this.#spans.size === 0 && elsewhere.expects(target))
      span.log(
        'warn',
        'no spans of the agent arrived within 6 s, as they did before: nothing of this call is taken from them',
      );
  }

  /** The trace shows it; what was concluded from the others stays. */
  #addLate(records: AgentRecords, known: ReadonlySet<string>): void {
    const { span, tracer } = this.#options;
    const ids = new Set([...known, ...records.spans.map(({ spanId }) => spanId)]);
    this.#adopted = ids;
    tracer.accept(adoptSpans(records, span, ids));
    if (records.spans.length > 0)
      span.log(
        'warn',
        `${counted(records.spans.length, 'span')} of the agent came after the call was over: not evaluated`,
      );
  }
}

/** A logger may write a line and send it as well: both name the same span and say the same. */
function sameLine({ spanId, message }: LogRecord): string {
  return `${spanId} ${message}`;
}

/** Connections that are open are accepted, and what they hold is read, in turns of the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function shownBy({ spans, logs }: AgentRecords, price: PriceSpan | undefined): ShownByTrace {
  const tree = traceTree(spans, { logs, ...defined({ price }) });
  const { steps, toolCalls, tokens, model, costUsd } = traceAnswer(tree);
  return { steps, toolCalls, usage: usageOf(tokens), model, costUsd };
}
