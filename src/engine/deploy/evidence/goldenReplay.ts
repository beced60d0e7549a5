import { UserError } from '../../errors.ts';
import type { LocatedCase } from '../../model/case.ts';
import { counted } from '../../model/figures.ts';
import type { TrialResult } from '../../model/result.ts';
import { findSuite } from '../../runs/preparation/findSuite.ts';
import type { Pair } from '../routers/router.ts';
import type { Side, Version } from '../sides.ts';
import type { EvidenceOptions } from './evidenceOptions.ts';
import type { SmokeReport, StepWindow, WantedOfTag } from './evidenceSource.ts';
import { GoldenCases } from './goldenCases.ts';
import { type GoldenAnswer, GoldenLog } from './goldenLog.ts';
import type { Sample } from './sample.ts';

const SMOKE_CASES = 3;

/** Cases of the suite that are asked of both versions beside the traffic, which both get, so that they can be compared. */
export class GoldenReplay {
  readonly #options: EvidenceOptions;
  readonly #judged: () => number;
  #log: GoldenLog | undefined;
  #cases: GoldenCases | undefined;
  #problem: string | null = null;

  /** `judged`: US dollars that the judges of traffic took. */
  constructor(options: EvidenceOptions, judged: () => number) {
    this.#options = options;
    this.#judged = judged;
  }

  /** What keeps cases from being asked. */
  get problems(): readonly string[] {
    return this.#problem === null ? [] : [this.#problem];
  }

  /** Traces of these are not traffic. */
  get traceIds(): ReadonlySet<string> {
    return new Set(this.#asked.answers.flatMap(({ sample }) => sample?.traceId ?? []));
  }

  samples({ blue, green }: Pair, { sinceMs, untilMs }: StepWindow): Sample[] {
    const versions = [keyOf(green), ...(blue ? [keyOf(blue)] : [])];
    return this.#asked.answers.flatMap(({ sample, version }) =>
      sample && versions.includes(version) && sample.atMs >= sinceMs && sample.atMs <= untilMs
        ? [sample]
        : [],
    );
  }

  /** Asks green `count` cases more, and blue the same ones. Each answer is told once, also to a process that comes after this one. */
  async fill(pair: Pair, window: StepWindow, count: number, signal: AbortSignal): Promise<void> {
    const { config } = this.#options;
    if (!config.evidence.goldenCases || config.suite === undefined) return;
    await this.#guarded(async () => {
      const { cases } = await this.#open(signal);
      const asked = this.#askedOf(pair.green, window).length;
      for (let at = 0; at < count && cases.length > 0; at += 1) {
        const located = cases[(asked + at) % cases.length];
        if (located) await this.#askBoth(pair, located, signal);
      }
    }, signal);
  }

  /** Asks both of `count` cases more that have a tag, each once within the step: the same case twice shows nothing new. */
  async fillTag(
    pair: Pair,
    window: StepWindow,
    { tag, count }: WantedOfTag,
    signal: AbortSignal,
  ): Promise<void> {
    const { config } = this.#options;
    if (!config.evidence.goldenCases || config.suite === undefined) return;
    await this.#guarded(async () => {
      const { cases } = await this.#open(signal);
      const asked = new Set(this.#askedOf(pair.green, window).map(({ caseId }) => caseId));
      const left = cases.filter(({ case: { id, tags = [] } }) => tags.includes(tag) && !asked.has(id));
      for (const located of left.slice(0, count)) await this.#askBoth(pair, located, signal);
    }, signal);
  }

  /** Passes where the version answers all of a few cases, right or wrong; without a case nothing is shown. */
  async smoke(pair: Pair, signal: AbortSignal): Promise<SmokeReport> {
    const { config } = this.#options;
    if (config.suite === undefined)
      return { status: 'undecided', reason: 'the deployment names no suite: no case to ask' };

    const results: TrialResult[] = [];
    await this.#guarded(async () => {
      const cases = await this.#open(signal);
      for (const located of cases.cases.slice(0, SMOKE_CASES)) {
        const result = await this.#ask(pair, 'green', located, signal);
        if (result) results.push(result);
      }
    }, signal);

    if (this.#problem !== null) return { status: 'undecided', reason: this.#problem };
    const failed = results.filter(({ output }) => output.status !== 'complete');
    if (results.length === 0)
      return {
        status: 'undecided',
        reason: this.#isSpent() ? 'max_cost_usd is spent: no case was asked' : 'no case was asked',
      };
    if (failed.length === 0)
      return {
        status: 'pass',
        reason: `${counted(results.length, 'golden case was', 'golden cases were')} answered`,
      };
    const [first] = failed;
    const why = first?.output.status === 'error' ? first.output.error.message : first?.reason;
    return {
      status: 'fail',
      reason: `${failed.length} of ${counted(results.length, 'golden case')} not answered: ${why}`,
    };
  }

  async close(): Promise<void> {
    await this.#cases?.close();
    this.#cases = undefined;
  }

  get #asked(): GoldenLog {
    this.#log ??= new GoldenLog(this.#options.workspace.root, this.#options.config.name);
    return this.#log;
  }

  async #open(signal: AbortSignal): Promise<GoldenCases> {
    const { workspace, config } = this.#options;
    this.#cases ??= await GoldenCases.open(
      workspace,
      findSuite(workspace, config.suite ?? ''),
      this.#options,
      signal,
    );
    return this.#cases;
  }

  #isSpent(): boolean {
    const { maxCostUsd } = this.#options.config.evidence;
    return maxCostUsd !== undefined && this.spentUsd + this.#judged() >= maxCostUsd;
  }

  #askedOf(asked: Version, { sinceMs }: StepWindow): readonly GoldenAnswer[] {
    return this.#asked.answers.filter(({ version, atMs }) => version === keyOf(asked) && atMs >= sinceMs);
  }

  async #askBoth(pair: Pair, located: LocatedCase, signal: AbortSignal): Promise<void> {
    await this.#ask(pair, 'green', located, signal);
    if (pair.blue) await this.#ask(pair, 'blue', located, signal);
  }

  async #ask(
    pair: Pair,
    side: Side,
    located: LocatedCase,
    signal: AbortSignal,
  ): Promise<TrialResult | undefined> {
    const { clock, router, random } = this.#options;
    const version = side === 'green' ? pair.green : pair.blue;
    if (!version || !this.#cases || this.#isSpent()) return undefined;

    const entry = { key: random.hex(8), caseId: located.case.id, version: keyOf(version), atMs: clock.now() };
    const asked = await router.target(pair, side, signal);
    this.#asked.put(entry);
    const result = await this.#cases.ask(located, { asked, version: version.name }, signal);
    this.#asked.put({ ...entry, sample: sampleOf(result, side, entry), costUsd: costOf(result) });
    return result;
  }

  /** US dollars that answers of this deployment and their judges are known to have taken. */
  get spentUsd(): number {
    const { beganMs = 0 } = this.#options;
    return this.#asked.answers
      .filter(({ atMs }) => atMs >= beganMs)
      .reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0);
  }

  /** What a person can mend is a problem of the evidence. */
  async #guarded(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
    this.#problem = null;
    try {
      await work();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Error)) throw error;
      const isKnown = error instanceof UserError || 'transient' in error || error.name === 'TrialRejected';
      if (!isKnown) throw error;
      this.#problem = `golden cases cannot be asked: ${error.message}`;
    }
  }
}

function keyOf({ name, digest }: Version): string {
  return `${name} ${digest}`;
}

function sampleOf(result: TrialResult, side: Side, { key, atMs }: { key: string; atMs: number }): Sample {
  const { output, status, score, tags, cluster, caseId, traceId } = result;
  const isError = output.status !== 'complete';
  return {
    id: `golden:${key}`,
    ...{ side, source: 'golden', atMs, isError, latencyMs: isError ? null : output.latencyMs, tags, traceId },
    costUsd: output.costUsd,
    quality:
      isError || status === 'errored' || score === null ? null : { passed: status === 'passed', score },
    // The same case twice is no independent answer.
    cluster: cluster ?? caseId,
    servedModel: output.model ?? null,
  };
}

/** Of the answer and its judges; null where one of them is unknown. */
function costOf({ output, evaluations }: TrialResult): number | null {
  const costs = evaluations.map((one) =>
    one.status === 'skipped' ? 0 : (one.costUsd ?? (one.stage === 'judge' ? null : 0)),
  );
  return [output.costUsd, ...costs].reduce(
    (sum: number | null, cost) => (sum === null || cost === null ? null : sum + cost),
    0,
  );
}
