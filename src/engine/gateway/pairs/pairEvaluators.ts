import { UserError } from '../../errors.ts';
import type { Evaluator, EvaluatorDeps } from '../../evaluators/evaluator.ts';
import { createPatternMatcher } from '../../evaluators/patterns/patternMatcher.ts';
import { createEvaluators } from '../../evaluators/registry.ts';
import { asksJudge } from '../../evaluators/specs/asksJudge.ts';
import { resolveInside } from '../../files/confine.ts';
import { readText } from '../../files/readText.ts';
import { Redactor } from '../../http/redactor.ts';
import type { LocatedCase } from '../../model/case.ts';
import type { EvaluatorSpec } from '../../model/evaluation.ts';
import { contentHash } from '../../model/hash.ts';
import type { TrialResult } from '../../model/result.ts';
import { type Clock, type Environment, type Log, noSpan, type Random } from '../../ports.ts';
import { cascadeRules } from '../../runs/preparation/cascadeRules.ts';
import { configuredSecrets } from '../../runs/preparation/configuredSecrets.ts';
import type { EngineModels } from '../../runs/preparation/engineModels.ts';
import { judgeTrial } from '../../runs/tickets/runTrial.ts';
import type { Called } from '../../runs/tickets/ticket.ts';
import type { SuiteConfig } from '../../suites/config/suiteConfig.ts';
import type { Workspace } from '../../suites/loadWorkspace.ts';
import { unfitFor } from '../../suites/monitoring/unfitEvaluators.ts';
import { suiteHash } from '../../suites/suiteHash.ts';
import type { PairAnswer } from './pairCase.ts';

export interface PairEvaluatorPorts {
  clock: Clock;
  random: Random;
  environment: Environment;
  log: Log;
  /** Judges are asked by these. */
  models: EngineModels;
}

/** An evaluator of the suite that takes no part, and why. */
export interface LeftOut {
  name: string;
  why: string;
}

/** One answer of a pair, to be judged beside the other one. */
export interface JudgedAnswer {
  runId: string;
  located: LocatedCase;
  target: string;
  answer: PairAnswer;
  /** What its judges have answered before they were refused. */
  judged?: Called['judged'];
  other: { target: string; answer: PairAnswer };
}

/** Judges of pairs share the bulkhead of their shadow, unless they name one. */
const POOL = 'shadow';
/** Limit for a pattern that linear time cannot run, in milliseconds. */
const PATTERN_LIMIT_MS = 1_000;

/** The evaluators of a suite that need no expected answer. */
export class PairEvaluators {
  /** SHA-256 of all that decides a verdict. */
  readonly hash: string;
  readonly leftOut: readonly LeftOut[];
  readonly #suite: SuiteConfig | undefined;
  readonly #evaluators: readonly Evaluator[];
  readonly #ports: PairEvaluatorPorts;
  readonly #redactor: Redactor;
  readonly #models: ReturnType<EngineModels['open']>;
  readonly #patterns = createPatternMatcher({ timeoutMs: PATTERN_LIMIT_MS });

  /** Without a suite, pairs are only shown. */
  constructor(workspace: Workspace, suite: SuiteConfig | undefined, ports: PairEvaluatorPorts) {
    const { providers } = workspace.config;
    this.#suite = suite;
    this.#ports = ports;
    this.#redactor = new Redactor(configuredSecrets(providers, [], ports.environment));
    this.#models = ports.models.open(providers, this.#redactor, undefined);

    const readFile = (file: string) =>
      readText(resolveInside(workspace.root, file, { path: workspace.configPath ?? '.' }));
    const { evaluators, leftOut } = this.#create({
      ...{ models: this.#models, embeddings: this.#models, patterns: this.#patterns, scripts: undefined },
      ...{ judgeModel: suite?.judgeModel, embeddingsModel: suite?.embeddingsModel },
      ...{ random: ports.random, readFile },
    });
    this.#evaluators = evaluators;
    this.leftOut = leftOut;
    const specs = evaluators.map(({ spec }) => spec);
    this.hash = suite ? suiteHash({ ...suite, evaluators: specs }, readFile) : contentHash('no suite');
  }

  /** Fetches the keys of its judges; what keeps one from being asked, null where nothing does. */
  async ready(signal: AbortSignal): Promise<string | null> {
    try {
      await this.#models.ready(signal);
      return null;
    } catch (error) {
      if (error instanceof UserError) return error.message;
      throw error;
    }
  }

  /** Takes keys out of what came back. */
  clean<T>(value: T): T {
    return this.#redactor.value(value);
  }

  /** Rejects with TrialRejected where a judge may not be asked now, and with the signal's reason. */
  judge(asked: JudgedAnswer, signal: AbortSignal): Promise<TrialResult> {
    const { runId, located, target, answer, judged, other } = asked;
    const { clock, log } = this.#ports;
    const { output, startedAt, traceId } = answer;
    const rival = other.answer.output;
    return judgeTrial(
      {
        ...{ runId, located, target: { name: target }, trial: 0, seed: 0, auditShare: 0, signal, clock },
        evaluators: this.#evaluators,
        span: { ...noSpan, traceId },
        cascade: {
          ...cascadeRules(this.#suite ?? WITHOUT_SUITE, { scripts: undefined })(
            located.case,
            this.#evaluators,
          ),
          ...{ clock, log },
        },
        scoreFallbacks: this.#suite?.scoreFallbacks,
        redactor: this.#redactor,
      },
      { output, startedAt, ...(judged === undefined ? {} : { judged }) },
      rival.status === 'complete' ? [{ target: other.target, output: rival }] : [],
    );
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#models.close();
    await this.#patterns.close();
  }

  #create(deps: EvaluatorDeps): { evaluators: Evaluator[]; leftOut: LeftOut[] } {
    const evaluators: Evaluator[] = [];
    const leftOut: LeftOut[] = [];
    for (const spec of this.#suite?.evaluators ?? []) {
      const made = this.#suite?.defaultEvaluators ? BY_CASE : create(spec, deps);
      if (typeof made === 'string') leftOut.push({ name: spec.name, why: made });
      else evaluators.push(...made);
    }
    return { evaluators, leftOut };
  }
}

const BY_CASE = 'it measures what cases expect, and live requests come without a case';

const WITHOUT_SUITE: Parameters<typeof cascadeRules>[0] = {
  cascade: { mode: 'full', thresholds: {}, weights: null, audit: 0 },
};

/** The evaluator, or why it takes no part. */
function create(spec: EvaluatorSpec, deps: EvaluatorDeps): Evaluator[] | string {
  // Beside each other, both answers can be compared.
  const unfit = spec.type === 'pairwise' ? undefined : unfitFor(spec);
  if (unfit) return unfit.message;
  try {
    const ofShadow = asksJudge(spec) && spec.bulkhead === undefined ? { ...spec, bulkhead: POOL } : spec;
    return createEvaluators([ofShadow], deps);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}
