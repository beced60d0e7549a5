import type { EvaluationInput } from '../../evaluators/evaluator.ts';
import { PaidReplies } from '../../evaluators/judge/paidReplies.ts';
import type { Output } from '../../model/output.ts';
import { standsIn } from '../../model/replySource.ts';
import type { TrialResult } from '../../model/result.ts';
import type { Clock, Log, Span } from '../../ports.ts';
import { TOUCHSTONE } from '../../telemetry/attributes.ts';
import type { Tracer } from '../../telemetry/tracer.ts';
import { type AgentSpanPorts, AgentSpans } from '../agentSpans/agentSpans.ts';
import type { PlannedTarget, RunInputs } from '../execution/runInputs.ts';
import { rankTargets } from '../pending/rankTargets.ts';
import { CaseTraces } from './caseTraces.ts';
import type { Executor } from './executor.ts';
import { callTrial, judgeTrial, runTrial, type TrialJob, withJudged } from './runTrial.ts';
import type { Called, JudgingTicket, Ticket } from './ticket.ts';
import { TrialRejected } from './trialRejected.ts';

export interface ExecutorOptions {
  inputs: RunInputs;
  tracer: Tracer;
  /** Linked to the traces of cases. */
  runSpan: Span;
  clock: Clock;
  log: Log;
  /** Agents send no spans over HTTP where absent. */
  agentSpans?: AgentSpanPorts | undefined;
}

/** Executes tickets where the run was prepared. */
export class InProcessExecutor implements Executor {
  readonly #options: ExecutorOptions;
  readonly #targets: ReadonlyMap<string, PlannedTarget>;
  readonly #traces: CaseTraces;
  readonly #agentSpans: AgentSpans;
  /** Spans of trials that were called and not evaluated, by their tickets' keys. */
  readonly #open = new Map<string, { ticket: Ticket; span: Span }>();

  constructor(options: ExecutorOptions) {
    this.#options = options;
    this.#targets = new Map(options.inputs.targets.map((planned) => [planned.target.name, planned]));
    this.#traces = new CaseTraces(options.tracer, options.runSpan);
    this.#agentSpans = new AgentSpans({ ...options, ports: options.agentSpans });
  }

  async run(ticket: Ticket, signal: AbortSignal): Promise<TrialResult> {
    const span = this.#traces.start(ticket);
    try {
      const result = await runTrial(this.#job(ticket, span, signal), ticket.called);
      this.#traces.end(ticket, span, errorOf(result));
      return result;
    } catch (error) {
      this.#traces.end(ticket, span, error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  call(ticket: Ticket, signal: AbortSignal): Promise<Called> {
    return callTrial(this.#job(ticket, this.#spanOf(ticket), signal));
  }

  /** One target after the other, so that the first one pays what they share; then they are ranked. */
  async judge({ answers, before }: JudgingTicket, signal: AbortSignal): Promise<TrialResult[]> {
    const outputs = new Map([
      ...before.map(({ target, output }) => [target, output] as const),
      ...answers.map(({ ticket, called }) => [ticket.target, called.output] as const),
    ]);

    const asked = answers.map(({ ticket, called }) => ({
      called,
      job: this.#job(ticket, this.#spanOf(ticket), signal),
      paid: new PaidReplies(called.judged),
    }));
    const results: TrialResult[] = [];
    try {
      for (const { job, called, paid } of asked)
        results.push(await judgeTrial(job, called, this.#others(job.target.name, outputs), paid));
    } catch (error) {
      if (!(error instanceof TrialRejected)) throw error;
      const unjudged = asked.map(({ job, called, paid }) => ({
        target: job.target.name,
        called: withJudged(job, called, paid),
      }));
      throw new TrialRejected(error.rejection, error.called, unjudged);
    }

    const ranked = rankTargets(results, before, asked[0]?.job.evaluators ?? []);
    for (const [index, result] of ranked.entries()) {
      const ticket = answers[index]?.ticket;
      if (ticket) this.#end(ticket, result);
    }

    return ranked;
  }

  async close(): Promise<void> {
    for (const { ticket, span } of this.#open.values()) this.#traces.end(ticket, span, 'interrupted');
    this.#open.clear();
    await this.#agentSpans.close();
  }

  /** That of its call, where it was called in this attempt. */
  #spanOf(ticket: Ticket): Span {
    const known = this.#open.get(keyOf(ticket));
    if (known) return known.span;

    const span = this.#traces.start(ticket);
    this.#open.set(keyOf(ticket), { ticket, span });
    return span;
  }

  #end(ticket: Ticket, result: TrialResult): void {
    const span = this.#spanOf(ticket);
    span.set({ [TOUCHSTONE.trialStatus]: result.status });
    this.#traces.end(ticket, span, errorOf(result));
    this.#open.delete(keyOf(ticket));
  }

  /** What the other targets returned, in the order of the plan. */
  #others(own: string, outputs: ReadonlyMap<string, Called['output']>): EvaluationInput['others'] {
    const { scoreFallbacks } = this.#options.inputs;
    const counts = ({ source }: Output) => scoreFallbacks || !standsIn(source);
    return [...this.#targets.keys()].flatMap((target) => {
      const output = outputs.get(target);
      return target !== own && output?.status === 'complete' && counts(output) ? [{ target, output }] : [];
    });
  }

  #job({ runId, target, located, trial, told }: Ticket, span: Span, signal: AbortSignal): TrialJob {
    const { inputs, log } = this.#options;
    const { plan, auditShare, scoreFallbacks, redactor, clock = this.#options.clock } = inputs;
    const planned = this.#targets.get(target);
    if (!planned) throw new Error(`the run has no target ${target}`);

    const evaluators = inputs.evaluatorsFor(told?.located ?? located);
    return {
      located,
      trial,
      runId,
      told,
      span,
      target: planned.target,
      timeoutMs: planned.timeoutMs,
      evaluators,
      signal,
      seed: plan.seed,
      cascade: { clock, log, ...inputs.cascadeFor(located.case, evaluators) },
      auditShare,
      scoreFallbacks,
      redactor,
      clock,
      agentSpans: this.#agentSpans,
    };
  }
}

function errorOf({ status, reason }: TrialResult): string | undefined {
  return status === 'errored' ? reason : undefined;
}

function keyOf({ target, located, trial }: Ticket): string {
  return JSON.stringify([target, located.index, trial]);
}
