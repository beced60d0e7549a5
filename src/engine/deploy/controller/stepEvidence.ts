import type { Evidence, StepWindow } from '../evidence/evidenceSource.ts';
import type { StepReport } from '../evidence/stepReport.ts';
import type { Folded } from '../journal/foldJournal.ts';
import { written } from '../journal/journalData.ts';
import type { ControlledJournal } from './controlledJournal.ts';
import type { ControllerOptions } from './controllerOptions.ts';

/** Golden cases are asked once so much of a hold is over and traffic has not brought enough. */
const FILL_FROM = 0.5;

/** Cases of a tag that are asked at a look. */
const TAG_AT_ONCE = 20;

/** Green is served by a model that it was not served by before. */
export interface ModelDrift {
  reason: string;
  /** All so far. */
  models: string[];
}

/** The evidence of the step that is watched, as it comes in. */
export class StepEvidence {
  readonly #options: ControllerOptions;
  readonly #journal: ControlledJournal;
  /** What this process has begun evaluations for. */
  #begun = '';
  /** Golden cases that were asked for, of the step that began with this entry. */
  #filled = { step: 0, count: 0 };
  #report: StepReport | null = null;
  #drift: ModelDrift | null = null;

  constructor(options: ControllerOptions, journal: ControlledJournal) {
    this.#options = options;
    this.#journal = journal;
  }

  /** As of the last look. */
  get report(): StepReport | null {
    return this.#report;
  }

  /** As of the last look; null where the model is what it was. */
  get drift(): ModelDrift | null {
    return this.#drift;
  }

  /** `isOver`: as if the hold were. Null where no step is watched. */
  async judge(
    folded: Folded,
    elapsed: number,
    { isOver = false }: { isOver?: boolean },
    signal: AbortSignal,
  ): Promise<StepReport | null> {
    const { state, policy, evidenceSinceMs: sinceMs } = folded;
    this.#report = null;
    this.#drift = null;
    if (sinceMs === null || state.step === null) return null;

    await this.#begin(folded, signal);
    const window = this.#window(sinceMs, elapsed);
    const evidence = await this.#options.evidence.read(state.pair, window, signal);
    await this.#compareModels(folded, evidence, signal);

    const nowMs = sinceMs + elapsed;
    const hold = (policy.steps[state.step]?.holdMs ?? 0) * (1 + state.extensions);
    const untilMs = isOver ? nowMs : sinceMs + hold;
    const step = { index: state.step, sinceMs, untilMs, hasBlue: state.pair.blue !== null };
    this.#report = this.#options.judge({ ...this.#options.config, policy }, step, evidence, nowMs);
    return this.#report;
  }

  /** Asks golden cases of green where traffic will not bring enough samples until the hold is over. */
  async fill(
    folded: Folded,
    { elapsed, length, report }: { elapsed: number; length: number; report: StepReport | null },
    signal: AbortSignal,
  ): Promise<void> {
    const { state, policy, evidenceSinceMs: sinceMs, evidenceSeq } = folded;
    if (!this.#options.config.evidence.goldenCases || !report || sinceMs === null) return;
    if (elapsed < length * FILL_FROM) return;

    const window = this.#window(sinceMs, elapsed);
    for (const tag of openTags(report))
      await this.#options.evidence.fillTag(state.pair, window, { tag, count: TAG_AT_ONCE }, signal);

    const wanted = policy.steps[state.step ?? 0]?.minSamples ?? 0;
    const asked = this.#filled.step === evidenceSeq ? this.#filled.count : 0;
    // Where no answer of live traffic can be evaluated, or priced, golden cases alone tell of it.
    const isBlind = report.green.passRate === null || isCostOpen(report);
    const measured = isBlind ? 0 : report.green.samples;
    const expected = Math.floor((measured * length) / Math.max(elapsed, 1));
    const missing = Math.min(wanted - expected, wanted - asked);
    if (missing <= 0) return;
    this.#filled = { step: evidenceSeq, count: asked + missing };
    await this.#options.evidence.fill(state.pair, window, missing, signal);
  }

  /** Whatever became of the clock, all that was seen of the step is within it. */
  #window(sinceMs: number, elapsed: number): StepWindow {
    return { sinceMs, untilMs: Math.max(this.#options.clock.now(), sinceMs + elapsed) };
  }

  /** Also where another process had begun: evaluations are made by the one that controls. */
  async #begin({ state, evidenceSeq }: Folded, signal: AbortSignal): Promise<void> {
    const key = `${evidenceSeq} ${state.pair.green.digest}`;
    if (this.#begun === key) return;
    await this.#options.evidence.begin(state.pair, signal);
    this.#begun = key;
  }

  /** Models that have served are known by the journal, so that a model that stays another one is told once. */
  async #compareModels(
    { models, state, seq }: Folded,
    { samples, recordedModels = [] }: Evidence,
    signal: AbortSignal,
  ) {
    const served = samples.flatMap(({ side, servedModel }) =>
      side === 'green' && servedModel !== null ? [servedModel] : [],
    );
    const all = [...new Set([...models, ...served])].sort();
    if (all.length === models.length) return;

    const { name } = state.pair.green;
    const expected = [...new Set([...recordedModels, ...models])].sort();
    const unknown = all.filter((model) => !expected.includes(model));
    if (unknown.length > 0 && expected.length > 0) {
      const since = models.length === 0 ? 'as when it was evaluated' : 'alone as before';
      this.#drift = {
        reason: `${name} is served by ${unknown.join(' and ')}, not by ${expected.join(' and ')} ${since}, so that what was measured does not count any more`,
        models: all,
      };
      return;
    }
    const text = `${name} is served by ${all.filter((model) => !models.includes(model)).join(' and ')}`;
    await this.#journal.record({ kind: 'note', text, data: written({ models: all }) }, seq, signal);
  }
}

/** Tags that the gate speaks of, and that could not be decided. */
function openTags({ clauses }: StepReport): string[] {
  const tags = clauses.flatMap(({ name, status }) => {
    const tag = /^(?:no_regression|min_pass_rate)\[(.*)\]$/s.exec(name)?.[1];
    return status === 'undecided' && tag !== undefined ? [tag] : [];
  });
  return [...new Set(tags)];
}

function isCostOpen({ clauses }: StepReport): boolean {
  return clauses.some(({ name, status }) => name === 'max_cost_increase' && status === 'undecided');
}
