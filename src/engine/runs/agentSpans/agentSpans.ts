import type { Clock, Log, Random, Span } from '../../ports.ts';
import type { CallTraces } from '../../targets/callTraces.ts';
import type { PriceSpan } from '../../telemetry/dialects/traceTree.ts';
import type { Tracer } from '../../telemetry/tracer.ts';
import { CallSpans, type CallSpansOptions } from './callSpans.ts';
import { RunReceiver } from './runReceiver.ts';
import { type ReceivedTraces, SpansElsewhere } from './spansElsewhere.ts';

/** What is needed to receive what agents trace of themselves. */
export interface AgentSpanPorts {
  random: Random;
  /** Programs may be run: nothing listens otherwise. */
  trusted: boolean;
  /** What the workspace's receiver has stored. */
  received?: ReceivedTraces | undefined;
  price?: PriceSpan | undefined;
}

/** The spans of the agents of a run: one receiver for all of its calls, started by the first. */
export class AgentSpans {
  readonly #options: { tracer: Tracer; clock: Clock; ports: AgentSpanPorts | undefined };
  readonly #receiver: RunReceiver | undefined;
  readonly #elsewhere: SpansElsewhere | undefined;

  constructor({
    tracer,
    clock,
    log,
    ports,
  }: { tracer: Tracer; clock: Clock; log: Log; ports?: AgentSpanPorts | undefined }) {
    this.#options = { tracer, clock, ports };
    this.#receiver = ports?.trusted ? new RunReceiver({ clock, log, random: ports.random }) : undefined;
    this.#elsewhere =
      ports?.trusted && ports.received ? new SpansElsewhere(ports.received, clock) : undefined;
  }

  open(call: { span: Span; target: string; redactor: CallSpansOptions['redactor'] }): CallTraces {
    const { tracer, clock, ports } = this.#options;
    return new CallSpans({
      ...call,
      tracer,
      clock,
      receiver: this.#receiver,
      elsewhere: this.#elsewhere,
      price: ports?.price,
    });
  }

  /** Ends the receiver; idempotent. */
  async close(): Promise<void> {
    await this.#receiver?.close();
  }
}
