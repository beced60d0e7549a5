import type { LocatedCase } from '../../model/case.ts';
import type { Span } from '../../ports.ts';
import { GENERAL, TOUCHSTONE } from '../../telemetry/attributes.ts';
import { caseTraceId } from '../../telemetry/traceIds.ts';
import type { Tracer } from '../../telemetry/tracer.ts';

interface CaseTraceOptions {
  tracer: Tracer;
  runId: string;
  runSpan: Span;
  target: string;
  located: LocatedCase;
  /** How many trials will be run under it. */
  trials: number;
}

/**
 * The trace of one case at one target. Its root span opens with the first trial and ends with the last; the
 * run's span is linked, not its parent, so that traces stay small enough to read.
 */
export class CaseTrace {
  readonly #options: CaseTraceOptions;
  #root: Span | undefined;
  #left: number;

  constructor(options: CaseTraceOptions) {
    this.#options = options;
    this.#left = options.trials;
  }

  startTrial(trial: number): Span {
    this.#root ??= this.#open();
    return this.#root.child('trial', { [TOUCHSTONE.trial]: trial });
  }

  /** Whether that was the last one. */
  endTrial(span: Span, error?: string): boolean {
    span.end(error);
    this.#left -= 1;
    if (this.#left > 0) return false;

    this.#root?.end();
    return true;
  }

  #open(): Span {
    const { tracer, runId, runSpan, target, located } = this.#options;
    const { case: entry, index } = located;
    // The turns of a conversation stand in one cluster.
    const session = `${runId}/${entry.cluster ?? entry.id}`;
    return tracer.root(`case ${entry.id}`, {
      traceId: caseTraceId(runSpan.traceId, target, entry.id, index),
      link: runSpan,
      baggage: {
        [TOUCHSTONE.runId]: runId,
        [TOUCHSTONE.caseId]: entry.id,
        [GENERAL.sessionId]: session,
      },
      attributes: {
        [GENERAL.sessionId]: session,
        [TOUCHSTONE.runId]: runId,
        [TOUCHSTONE.caseId]: entry.id,
        [TOUCHSTONE.targetName]: target,
        [TOUCHSTONE.caseTags]: entry.tags,
      },
    });
  }
}
