import type { Span } from '../../ports.ts';
import type { Tracer } from '../../telemetry/tracer.ts';
import { CaseTrace } from './caseTrace.ts';
import type { Ticket } from './ticket.ts';

/** The traces of an attempt: one for each case at each target, open from its first trial to its last. */
export class CaseTraces {
  readonly #tracer: Tracer;
  readonly #runSpan: Span;
  /** By target, then by the index of the case. */
  readonly #open = new Map<string, Map<number, CaseTrace>>();

  constructor(tracer: Tracer, runSpan: Span) {
    this.#tracer = tracer;
    this.#runSpan = runSpan;
  }

  start(ticket: Ticket): Span {
    return this.#traceOf(ticket).startTrial(ticket.trial);
  }

  /** `error` says why the trial has no verdict. */
  end(ticket: Ticket, span: Span, error?: string): void {
    const isOver = this.#traceOf(ticket).endTrial(span, error);
    if (isOver) this.#open.get(ticket.target)?.delete(ticket.located.index);
  }

  #traceOf({ runId, target, located, trials }: Ticket): CaseTrace {
    const cases = this.#open.get(target) ?? new Map<number, CaseTrace>();
    this.#open.set(target, cases);
    const known = cases.get(located.index);
    if (known) return known;

    const made = new CaseTrace({
      tracer: this.#tracer,
      runSpan: this.#runSpan,
      runId,
      target,
      located,
      trials,
    });
    cases.set(located.index, made);
    return made;
  }
}
