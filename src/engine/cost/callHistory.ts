import type { Evaluation } from '../model/evaluation.ts';
import type { TrialResult } from '../model/result.ts';
import type { RunRecord } from '../model/run.ts';

/** Input tokens of one call as its provider reported them. */
export interface MeasuredInput {
  caseId: string;
  inputTokens: number;
}

/** What past calls used, took and cost. Costs are only those that are known, in US dollars. */
export interface PastCalls {
  inputTokens: number[];
  outputTokens: number[];
  latencyMs: number[];
  costUsd: number[];
  /** Calls whose cost is unknown. */
  unknownCosts: number;
}

/** Past calls of a judge, and how often the cascade let it run. */
export interface PastJudge extends PastCalls {
  ran: number;
  leftOut: number;
}

/** Where past runs are read from; the store is one. */
export interface PastRuns {
  /** Neither parts of runs nor comparisons. */
  evaluations(limit?: number): RunRecord[];
  results(id: string): Iterable<TrialResult>;
}

/** So many runs of a suite are looked at, the newest first, and so many results of them. */
const MOST_RUNS = 5;
const MOST_RESULTS = 2000;

/** What the last runs of a suite say of its targets and judges. */
export class CallHistory {
  readonly #targets = new Map<string, PastCalls>();
  readonly #judges = new Map<string, PastJudge>();
  readonly #measured = new Map<string, MeasuredInput[]>();

  /** A replayed run called nobody, so it says nothing. */
  static read(store: PastRuns, suite: string): CallHistory {
    const history = new CallHistory();
    const runs = store
      .evaluations(200)
      .filter(({ plan }) => plan.suite === suite && plan.origin === undefined);
    let read = 0;

    for (const { id, plan } of runs.slice(0, MOST_RUNS)) {
      const hashes = new Map(plan.targets.map(({ name, hash }) => [name, hash]));
      for (const result of store.results(id)) {
        history.#add(result);
        history.#measure(result, hashes.get(result.target) ?? '');
        read += 1;
        if (read >= MOST_RESULTS) return history;
      }
    }

    return history;
  }

  /** Calls of a target, at `model` where one is given: those of another model say nothing. */
  target(name: string, model?: string): PastCalls {
    if (model !== undefined) return this.#targets.get(key(name, model)) ?? noCalls();
    return this.#targets.get(key(name, undefined)) ?? noCalls();
  }

  /** What a provider counted for calls of a target that was the very same then. */
  measured(name: string, hash: string): readonly MeasuredInput[] {
    return this.#measured.get(`${name}\0${hash}`) ?? [];
  }

  judge(name: string): PastJudge {
    return this.#judges.get(name) ?? { ...noCalls(), ran: 0, leftOut: 0 };
  }

  #add({ target, output, evaluations, settlement }: TrialResult): void {
    if (output.status === 'complete') {
      for (const name of new Set([key(target, undefined), key(target, output.model)]))
        addCall(this.#calls(name), output.usage, output.costUsd, output.latencyMs);
    }
    for (const evaluation of evaluations) if (evaluation.stage === 'judge') this.#addJudge(evaluation);
    for (const { name, stage } of settlement.skipped) if (stage === 'judge') this.#judgeOf(name).leftOut += 1;
  }

  #measure({ target, caseId, output }: TrialResult, hash: string): void {
    if (output.status !== 'complete' || output.usage === null || output.usage.counted) return;
    const key = `${target}\0${hash}`;
    const known = this.#measured.get(key) ?? [];
    known.push({ caseId, inputTokens: output.usage.inputTokens });
    this.#measured.set(key, known);
  }

  #addJudge(evaluation: Evaluation): void {
    if (evaluation.status === 'skipped') return;
    const judge = this.#judgeOf(evaluation.name);
    judge.ran += 1;
    addCall(judge, evaluation.usage ?? null, evaluation.costUsd ?? null, evaluation.latencyMs);
  }

  #calls(name: string): PastCalls {
    const calls = this.#targets.get(name) ?? noCalls();
    this.#targets.set(name, calls);
    return calls;
  }

  #judgeOf(name: string): PastJudge {
    const judge = this.judge(name);
    this.#judges.set(name, judge);
    return judge;
  }
}

/** A provider may answer with the name of a snapshot: `gpt-5-mini-2025-08-07` is `gpt-5-mini`. */
function key(target: string, model: string | undefined): string {
  return model === undefined ? target : `${target}\0${model.replace(/-\d{4}-\d{2}-\d{2}$/, '')}`;
}

function addCall(
  calls: PastCalls,
  usage: { inputTokens: number; outputTokens: number } | null,
  costUsd: number | null,
  latencyMs: number,
): void {
  if (usage) {
    calls.inputTokens.push(usage.inputTokens);
    calls.outputTokens.push(usage.outputTokens);
  }
  calls.latencyMs.push(latencyMs);
  if (costUsd === null) calls.unknownCosts += 1;
  else calls.costUsd.push(costUsd);
}

function noCalls(): PastCalls {
  return { inputTokens: [], outputTokens: [], latencyMs: [], costUsd: [], unknownCosts: 0 };
}
