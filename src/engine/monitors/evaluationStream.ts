import type { AgentSpan } from '../model/agentSpan.ts';
import type { EvaluationDraft, LiveEvaluation } from '../model/liveEvaluation.ts';
import type { LoggedSpan, SpanLog } from '../model/loggedSpan.ts';
import type { Clock } from '../ports.ts';
import { TOUCHSTONE } from '../telemetry/attributes.ts';
import { type LastRefusal, LaterEvaluations } from './laterEvaluations.ts';
import type { LiveInput } from './liveInput.ts';
import type { LiveEvaluator, LiveMonitor } from './liveMonitor.ts';
import { type Input, LiveSpans, type LiveSpansOptions, type MonitorSet, NO_MONITORS } from './liveSpans.ts';
import { type Count, dropped, type Job, type MonitorStore } from './monitorStore.ts';
import { isInShare } from './spanMatch.ts';

export interface StreamOptions extends LiveSpansOptions {
  spans: SpanLog;
  store: MonitorStore;
  clock: Clock;
  /** Hears of evaluations once they are stored. */
  publish(evaluations: readonly LiveEvaluation[]): void;
}

const READ_AT_ONCE = 200;
/** After which others have their turn, in milliseconds: the receiver runs in the same thread. */
const SLICE_MS = 10;
/** Spans behind the last one from which on the oldest are left out. */
const MOST_BEHIND = 20_000;
/** A span that comes so long after its end is not live, in milliseconds: it was imported, or its sender slept. */
const LATE_MS = 3_600_000;

/**
 * Evaluates spans in the order in which they arrive, behind a cursor that is committed together with what came of them: a process
 * that is killed loses nothing and evaluates nothing twice.
 */
export class EvaluationStream {
  readonly #options: StreamOptions;
  readonly #live: LiveSpans;
  readonly #later: LaterEvaluations;
  readonly #stop = new AbortController();
  #set: MonitorSet = NO_MONITORS;
  #cursor = 0;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#live = new LiveSpans(options);
    this.#later = new LaterEvaluations({ ...options, spans: this.#live }, this.#set);
  }

  /** Spans that have come and were not looked at yet. */
  get behind(): number {
    return this.#set.monitors.length === 0 ? 0 : this.#options.spans.lastSeq - this.#cursor;
  }

  get lastRefusal(): LastRefusal | null {
    return this.#later.lastRefusal;
  }

  /**
   * Evaluates by these from the next span on. The first monitors evaluate what came after an earlier process had ended, else what
   * comes behind `from`. Resolves when nothing is evaluated by the former ones any more.
   */
  use(set: MonitorSet, from = this.#options.spans.lastSeq): Promise<void> {
    const { store } = this.#options;
    const isFirst = this.#set.monitors.length === 0;
    this.#set = set;

    if (set.monitors.length === 0) store.cursor = null;
    else if (isFirst) {
      this.#cursor = store.cursor ?? from;
      store.cursor = this.#cursor;
      this.#later.resume(set);
    }
    return this.#later.use(set);
  }

  /** Evaluates some of what has come. Returns whether there may be more. Throws StoreError. */
  step(): boolean {
    const { spans, store, clock, publish } = this.#options;
    if (this.#set.monitors.length === 0) return false;

    this.#skipBacklog();
    const came = spans.after(this.#cursor, READ_AT_ONCE);
    if (came.length === 0) return false;

    const made = new Made();
    const began = clock.monotonic();
    let cursor = this.#cursor;
    for (const span of came) {
      this.#look(span, made);
      cursor = span.seq;
      if (clock.monotonic() - began > SLICE_MS) break;
    }

    const { evaluations, jobs } = store.commit({ cursor, ...made.step });
    this.#cursor = cursor;
    publish(evaluations);
    this.#later.add(jobs);
    return true;
  }

  /** Idempotent. */
  close(): Promise<void> {
    this.#stop.abort(new Error('the evaluation stream was stopped'));
    return this.#later.close();
  }

  #skipBacklog(): void {
    const { spans, store } = this.#options;
    const behind = spans.lastSeq - this.#cursor;
    if (behind <= MOST_BEHIND) return;

    const by = behind - MOST_BEHIND / 2;
    const counts = this.#set.monitors.map(({ name }) => ({ monitor: name, name: dropped('backlog'), by }));
    this.#cursor += by;
    store.commit({ cursor: this.#cursor, counts });
  }

  #look({ record, arrivedMs }: LoggedSpan, made: Made): void {
    // What an agent does in a run is evaluated by its suite.
    if (Object.hasOwn(record.attributes, TOUCHSTONE.runId)) return;
    const span = this.#live.read(record);
    if (!span) return;

    let input: Input | undefined;
    for (const monitor of this.#set.monitors) {
      if (!monitor.matches(span)) continue;
      made.count(monitor.name, 'matched');
      if (!isInShare(record.traceId, monitor.share)) made.count(monitor.name, 'unsampled');
      else if (arrivedMs - record.endMs > LATE_MS) made.count(monitor.name, dropped('late'));
      else {
        input ??= this.#live.inputOf(span, this.#set);
        for (const evaluator of monitor.evaluators) this.#evaluate(span, { monitor, evaluator, input }, made);
      }
    }
  }

  #evaluate(
    span: AgentSpan,
    { monitor, evaluator, input }: { monitor: LiveMonitor; evaluator: LiveEvaluator; input: Input },
    made: Made,
  ): void {
    const said = 'failed' in input ? evaluator.unmeasured(input.failed) : this.#saidAtOnce(evaluator, input);
    if (said === 'later') made.later(span, { monitor, evaluator }, this.#later);
    else if (said === undefined) made.count(monitor.name, 'skipped');
    else made.evaluations.push(this.#live.evaluationOf(span, { monitor: monitor.name, evaluator }, said));
  }

  #saidAtOnce(evaluator: LiveEvaluator, input: LiveInput) {
    if (evaluator.waits) return 'later';
    try {
      const said = evaluator.evaluate(input, this.#stop.signal);
      if (!(said instanceof Promise)) return said;
      // It waits sometimes, and is made in a queue from now on.
      said.catch(() => {});
      evaluator.waits = true;
      return 'later';
    } catch (error) {
      this.#options.onBug(error);
      const why = error instanceof Error ? error.message : String(error);
      return evaluator.unmeasured(`not evaluated: ${why}`);
    }
  }
}

/** What one step makes. */
class Made {
  readonly evaluations: EvaluationDraft[] = [];
  readonly #jobs: Job[] = [];
  readonly #counts = new Map<string, { monitor: string; name: Count; by: number }>();

  count(monitor: string, name: Count): void {
    const key = `${monitor}\0${name}`;
    const known = this.#counts.get(key) ?? { monitor, name, by: 0 };
    known.by += 1;
    this.#counts.set(key, known);
  }

  /** Where its queue has room. */
  later(
    { record: { traceId, spanId } }: AgentSpan,
    { monitor, evaluator }: { monitor: LiveMonitor; evaluator: LiveEvaluator },
    queues: Pick<LaterEvaluations, 'room'>,
  ): void {
    const job: Job = { traceId, spanId, monitor: monitor.name, evaluator: evaluator.name };
    const before = this.#jobs.filter((one) => one.monitor === job.monitor && one.evaluator === job.evaluator);
    if (before.length < queues.room(job.monitor, job.evaluator)) this.#jobs.push(job);
    else this.count(monitor.name, dropped('queue'));
  }

  get step() {
    return { evaluations: this.evaluations, jobs: this.#jobs, counts: [...this.#counts.values()] };
  }
}
