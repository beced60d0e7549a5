import type { Evaluator } from '../evaluators/evaluator.ts';
import { runCascade } from '../evaluators/scoring/cascade.ts';
import type { AgentSpan } from '../model/agentSpan.ts';
import type { Evaluation, EvaluatorSpec } from '../model/evaluation.ts';
import { isJsonObject } from '../model/json.ts';
import { type Clock, type Log, noSpan } from '../ports.ts';
import { type MonitorConfig, monitorPool } from '../suites/monitoring/monitorConfig.ts';
import type { LiveInput } from './liveInput.ts';
import { matchesSpan } from './spanMatch.ts';

interface MonitorPorts {
  clock: Clock;
  log: Log;
  /** Takes keys out of what evaluators say. */
  redact(text: string): string;
}

/** A monitor that is ready: its evaluators are created. */
export class LiveMonitor {
  readonly name: string;
  readonly share: number;
  readonly evaluators: readonly LiveEvaluator[];
  readonly #config: MonitorConfig;

  constructor(config: MonitorConfig, evaluators: readonly Evaluator[], ports: MonitorPorts) {
    this.name = config.name;
    this.share = config.share;
    this.#config = config;
    this.evaluators = evaluators.map((evaluator) => new LiveEvaluator(config.name, evaluator, ports));
  }

  matches(span: AgentSpan): boolean {
    return matchesSpan(span, this.#config.match);
  }
}

/** What was said of a span; undefined where the evaluator does not apply. */
export type Said = Pick<Evaluation, 'latencyMs'> & {
  score: number | null;
  passed: boolean | null;
  reason: string;
  costUsd: number | null;
};

/** An evaluator of a monitor. */
export class LiveEvaluator {
  readonly name: string;
  readonly type: string;
  readonly stage: Evaluator['stage'];
  /** It waits for something: a judge, or a pattern that runs in a thread. */
  waits: boolean;
  /** It asks models. */
  readonly costs: boolean;
  readonly #monitor: string;
  readonly #evaluator: Evaluator;
  readonly #ports: MonitorPorts;

  constructor(monitor: string, evaluator: Evaluator, ports: MonitorPorts) {
    const { name, type } = evaluator.spec;
    this.name = name;
    this.type = type;
    this.stage = evaluator.stage;
    // Judges have the bulkhead of their monitor.
    this.costs = evaluator.spec.bulkhead !== undefined;
    this.waits = this.costs;
    this.#monitor = monitor;
    this.#evaluator = evaluator;
    this.#ports = ports;
  }

  /** Rejects with the signal's reason, and with a refusal of one of our policies: then nothing was asked. */
  evaluate(input: LiveInput, signal: AbortSignal): Said | undefined | Promise<Said | undefined> {
    const problem = this.#problemOf(input);
    if (problem !== null) return this.#unmeasured(problem);

    const { clock, log } = this.#ports;
    const verdict = runCascade([this.#evaluator], input, {
      ...{ mode: 'full', thresholds: {}, weights: null, rule: { kind: 'all' } },
      ...{ signal, span: noSpan, clock, log, caller: monitorPool(this.#monitor) },
    });
    return verdict instanceof Promise
      ? verdict.then(({ evaluations }) => this.#said(evaluations[0]))
      : this.#said(verdict.evaluations[0]);
  }

  /** Why the span cannot be evaluated at all. */
  unmeasured(reason: string): Said {
    return this.#unmeasured(reason);
  }

  #problemOf({ textProblem, toolsProblem }: LiveInput): string | null {
    switch (neededBy(this.#evaluator.spec)) {
      case 'text':
        return textProblem;
      case 'tools':
        return toolsProblem;
      case 'nothing':
        return null;
    }
  }

  #said(evaluation: Evaluation | undefined): Said | undefined {
    if (!evaluation) return this.#unmeasured('the evaluator said nothing');
    if (evaluation.status === 'skipped') return undefined;

    const { latencyMs, costUsd = 0 } = evaluation;
    const reason = shortened(this.#ports.redact(evaluation.reason));
    const cost = costUsd !== null && Number.isFinite(costUsd) ? costUsd : null;
    if (evaluation.status === 'error') return { ...this.#unmeasured(reason), latencyMs, costUsd: cost };
    return { score: evaluation.score, passed: evaluation.pass, reason, latencyMs, costUsd: cost };
  }

  #unmeasured(reason: string): Said {
    const redacted = this.#ports.redact(reason);
    return { score: null, passed: null, reason: redacted, latencyMs: 0, costUsd: 0 };
  }
}

/** Characters of a reason that are kept. */
const MOST_REASON = 2_000;

function shortened(reason: string): string {
  return reason.length <= MOST_REASON ? reason : `${reason.slice(0, MOST_REASON).toWellFormed()}…`;
}

/** Measured without what came out. */
const OF_THE_CALL: ReadonlySet<string> = new Set(['latency', 'cost', 'finish-reason']);
/** Measured by the tools that were called. */
const OF_TOOLS: ReadonlySet<string> = new Set([
  'tool-calls',
  'trajectory:tool-used',
  'trajectory:tool-sequence',
  'trajectory:tool-args-match',
  'trajectory:step-count',
  'skill-used',
]);

type Need = 'nothing' | 'tools' | 'text';

/** A set needs the most that one of its members does. */
function neededBy({ type, options }: Pick<EvaluatorSpec, 'type' | 'options'>): Need {
  const { assert } = options;
  if (type === 'assert-set' && Array.isArray(assert)) {
    const needs = assert.map((member) =>
      isJsonObject(member) && typeof member['type'] === 'string'
        ? neededBy({ type: member['type'], options: {} })
        : 'text',
    );
    return needs.includes('text') ? 'text' : needs.includes('tools') ? 'tools' : 'nothing';
  }
  if (OF_THE_CALL.has(type)) return 'nothing';
  return OF_TOOLS.has(type) ? 'tools' : 'text';
}
