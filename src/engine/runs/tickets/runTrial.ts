import { hash } from 'node:crypto';
import { UserError } from '../../errors.ts';
import type { EvaluationInput, Evaluator } from '../../evaluators/evaluator.ts';
import { PaidReplies, redactedReply } from '../../evaluators/judge/paidReplies.ts';
import { type CascadeOptions, runCascade } from '../../evaluators/scoring/cascade.ts';
import type { Redactor } from '../../http/redactor.ts';
import type { LocatedCase } from '../../model/case.ts';
import { defined } from '../../model/defined.ts';
import { micros } from '../../model/micros.ts';
import { emptyOutput, type Output, type OutputError } from '../../model/output.ts';
import { type ReplySource, sourceText, standsIn } from '../../model/replySource.ts';
import type { TrialResult, Verdict } from '../../model/result.ts';
import { refusalOf } from '../../models/refusal.ts';
import type { Attributes, Clock, Span } from '../../ports.ts';
import type { Target, TargetRequest } from '../../targets/target.ts';
import { GEN_AI, GENERAL, TOUCHSTONE } from '../../telemetry/attributes.ts';
import type { AgentSpans } from '../agentSpans/agentSpans.ts';
import { judgedCase, type ToldCase } from '../ordered/tellCase.ts';
import type { Called } from './ticket.ts';
import { TrialRejected } from './trialRejected.ts';

export interface TrialJob extends JudgingJob {
  target: Target;
  /** Limit of the target's call in milliseconds. */
  timeoutMs: number;
  /** Takes what the target traces of itself. */
  agentSpans: AgentSpans;
}

/** An output that is there, to be judged. */
export interface JudgingJob {
  runId: string;
  located: LocatedCase;
  target: Pick<Target, 'name'>;
  trial: number;
  /** What earlier cases gave, where the case reads that. */
  told?: ToldCase | undefined;
  evaluators: readonly Evaluator[];
  /** The span of this trial. */
  span: Span;
  signal: AbortSignal;
  seed: number;
  cascade: Omit<CascadeOptions, 'signal' | 'span' | 'audit'>;
  /** Share of cases, 0–1, whose judge runs although the verdict is settled. */
  auditShare: number;
  /** Answers of fallbacks count as the target's own. */
  scoreFallbacks?: boolean | undefined;
  /** Takes keys out of what evaluators say. */
  redactor?: Redactor | undefined;
  clock: Clock;
}

/** Calls the target once, unless it was `called` before, and evaluates what it returned. Rejects as an executor does. */
export async function runTrial(job: TrialJob, called?: Called): Promise<TrialResult> {
  return judgeTrial(job, called ?? (await callTrial(job)));
}

/** Calls the target once. Rejects as an executor does. */
export async function callTrial(job: TrialJob): Promise<Called> {
  const startedAt = job.clock.now();
  try {
    return { output: await callTarget(job), startedAt };
  } catch (error) {
    throw rejected(error);
  }
}

function rejected(error: unknown, called?: Called): unknown {
  const refusal = refusalOf(error);
  return refusal ? new TrialRejected(refusal, called) : error;
}

/** Evaluates an output; `others` are those of the other targets, for evaluators that compare. Rejects as `runTrial`. */
export async function judgeTrial(
  job: JudgingJob,
  { output, startedAt, judged: before }: Called,
  others?: EvaluationInput['others'],
  paid: PaidReplies = new PaidReplies(before),
): Promise<TrialResult> {
  const { located, target, trial, span } = job;
  const scored = await judged(job, { output, startedAt }, { others, paid });
  const verdict = job.redactor?.value(scored) ?? scored;
  span.set({ [TOUCHSTONE.trialStatus]: verdict.status });

  return {
    target: target.name,
    caseId: located.case.id,
    caseIndex: located.index,
    trial,
    ...verdict,
    output: {
      ...output,
      latencyMs: micros(output.latencyMs),
      ...(output.exitMs === undefined ? {} : { exitMs: micros(output.exitMs) }),
    },
    traceId: span.traceId,
    ...defined({ cluster: located.case.cluster }),
    tags: located.case.tags ?? [],
    startedAt,
  };
}

/** What an output is judged with. */
interface Grounds {
  others: EvaluationInput['others'];
  paid: PaidReplies;
}

/** A judge that may not be asked leaves the output as it is, to be judged later, with what others have answered. */
async function judged(job: JudgingJob, called: Called, grounds: Grounds): Promise<Verdict> {
  try {
    return await scoreOf(job, called.output, grounds);
  } catch (error) {
    throw rejected(error, withJudged(job, called, grounds.paid));
  }
}

/** An output with what its judges have answered, without keys. */
export function withJudged({ redactor }: JudgingJob, called: Called, { all }: PaidReplies): Called {
  if (all.length === 0) return called;
  return { ...called, judged: redactor ? all.map((paid) => redactedReply(paid, redactor)) : all };
}

async function callTarget(job: TrialJob): Promise<Output> {
  const { target, located, trial, told, signal, timeoutMs, clock } = job;
  const span = job.span.child(`invoke_agent ${target.name}`, {
    [GEN_AI.operationName]: 'invoke_agent',
    [GEN_AI.agentName]: target.name,
    [TOUCHSTONE.targetKind]: target.kind,
  });
  const openTraces = () => job.agentSpans.open({ span, target: target.name, redactor: job.redactor });
  const started = clock.monotonic();

  try {
    const request: TargetRequest = {
      case: located.case,
      trial,
      get seed() {
        return trialSeed(job.seed, located.case.id, trial);
      },
    };
    if (told) request.earlier = told.earlier;

    const output = told?.failed
      ? { ...emptyOutput(), status: 'error' as const, error: dependency(told.failed) }
      : await target.call(request, { signal, span, timeoutMs, openTraces, caller: job.runId });
    describeOutput(span, output);

    return output;
  } catch (error) {
    span.end(error instanceof Error ? error.message : String(error));
    if (signal.aborted || !(error instanceof UserError)) throw error;
    const failure = { code: 'configuration', message: error.describe(), transient: false };
    return { ...emptyOutput(), status: 'error', error: failure, latencyMs: clock.monotonic() - started };
  }
}

function dependency(message: string): OutputError {
  return { code: 'earlier-case', message, transient: false };
}

function describeOutput(span: Span, output: Output): void {
  span.set({
    [GEN_AI.responseModel]: output.model,
    [GEN_AI.inputTokens]: output.usage?.inputTokens,
    [GEN_AI.outputTokens]: output.usage?.outputTokens,
    [TOUCHSTONE.outputStatus]: output.status,
    ...sourceAttributes(output.source),
  });
  if (output.status === 'complete') {
    span.end();
    return;
  }
  const reason = output.status === 'error' ? output.error.message : output.reason;
  span.set({ [GENERAL.errorType]: output.status === 'error' ? output.error.code : 'incomplete' });
  span.log('warn', `target returned ${output.status}: ${reason}`);
  span.end(reason);
}

function sourceAttributes(source: ReplySource | undefined): Attributes {
  if (!source) return {};
  return {
    [TOUCHSTONE.source]: source.kind,
    [TOUCHSTONE.sourceReason]: source.why.kind === 'first' ? source.why.kind : source.why.message,
    [TOUCHSTONE.sourceModel]: 'model' in source ? source.model : undefined,
    [TOUCHSTONE.sourceAge]: 'ageMs' in source ? source.ageMs : undefined,
  };
}

/** Only what the target itself answered, and all of it, is measured. */
async function scoreOf(job: JudgingJob, output: Output, grounds: Grounds): Promise<Verdict> {
  if (output.status === 'error') return notScored(`${output.error.code}: ${output.error.message}`);
  if (output.status === 'incomplete') return notScored(`the output is incomplete: ${output.reason}`);
  if (standsIn(output.source) && !job.scoreFallbacks) return notScored(standInText(output.source));
  return evaluate(job, output, grounds);
}

function standInText(source: ReplySource): string {
  const why = source.why.kind === 'first' ? '' : `: ${source.why.message}`;
  return `not scored, because a fallback answered (${sourceText(source)}) and not the target itself${why}`;
}

function evaluate(job: JudgingJob, output: EvaluationInput['output'], { others, paid }: Grounds) {
  const { evaluators, located, span, signal, cascade, auditShare, trial } = job;
  const draw = auditShare > 0 && share(job.seed, located.case.id, job.trial) < auditShare;
  return runCascade(
    // Those that rank targets come when all targets have their verdicts.
    others ? evaluators.filter(({ ranks }) => !ranks) : evaluators,
    {
      case: job.told ? judgedCase(job.told, output) : located.case,
      output,
      ...(others ? { target: job.target.name, others } : {}),
    },
    { ...cascade, signal, span, trial, caller: job.runId, paid, ...(draw ? { audit: () => true } : {}) },
  );
}

/** A hole: whatever is concluded from the run has to hold without it. */
function notScored(reason: string): Verdict {
  return {
    status: 'errored',
    score: null,
    reason,
    evaluations: [],
    settlement: { stage: 'none', early: false, reason, skipped: [] },
  };
}

/** The same for every target, so that they can be compared; 31 bits. */
function trialSeed(seed: number, caseId: string, trial: number): number {
  return Number.parseInt(digest('seed', seed, caseId, trial), 16) >>> 1;
}

/** Uniform in [0, 1). */
function share(seed: number, caseId: string, trial: number): number {
  return Number.parseInt(digest('audit', seed, caseId, trial), 16) / 0x1_0000_0000;
}

/** 32 bits as hexadecimal. */
function digest(purpose: string, seed: number, caseId: string, trial: number): string {
  return hash('sha256', `${purpose}\0${seed}\0${caseId}\0${trial}`, 'hex').slice(0, 8);
}
