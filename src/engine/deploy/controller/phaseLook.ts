import type { StepReport } from '../evidence/stepReport.ts';
import type { Folded } from '../journal/foldJournal.ts';
import { written } from '../journal/journalData.ts';
import type { PlainEvent } from '../machine/deploymentEvent.ts';
import type { Observed } from '../routers/router.ts';
import { shownName } from '../shownName.ts';
import { lengthOf } from '../status/statusOf.ts';
import type { ControlledJournal } from './controlledJournal.ts';
import type { Decision } from './controllerDecision.ts';
import type { ControllerOptions } from './controllerOptions.ts';
import { performEffect, reasonOf } from './performEffect.ts';
import { PhaseTimer } from './phaseTimer.ts';
import { StepEvidence } from './stepEvidence.ts';

/** Between two looks, in milliseconds. */
const SHORTEST_LOOK_MS = 250;
const LONGEST_LOOK_MS = 5000;
const LOOK_MS = 500;

/** Green may be silent for one look: a busy machine is no outage. */
const MOST_SILENT = 2;

/** Looks at a deployment whose effects are all verified, and says what follows. */
export class PhaseLook {
  readonly #options: ControllerOptions;
  readonly #journal: ControlledJournal;
  readonly #timer: PhaseTimer;
  readonly #evidence: StepEvidence;
  #observed: Observed | null = null;
  #ready = { key: '', looks: 0 };
  #silent = 0;

  constructor(options: ControllerOptions, journal: ControlledJournal) {
    this.#options = options;
    this.#journal = journal;
    this.#timer = new PhaseTimer(options.clock);
    this.#evidence = new StepEvidence(options, journal);
  }

  /** What was seen last. */
  seen({ state }: Folded): { observed: Observed | null; report: StepReport | null } {
    const { report } = this.#evidence;
    const isWatched = state.phase === 'watching' || state.phase === 'paused';
    // At 100 %, what the last step came to says more, unless green is shown to be bad.
    const isNews = isWatched || (state.phase === 'keeping' && report?.status === 'fail');
    return { observed: this.#observed, report: isNews ? report : null };
  }

  /** The verdict on the step as if its hold were over now; null where nothing is watched. */
  judgeNow(folded: Folded, signal: AbortSignal): Promise<StepReport | null> {
    return this.#evidence.judge(folded, this.#elapsed(folded), { isOver: true }, signal);
  }

  async decide(folded: Folded, signal: AbortSignal): Promise<Decision> {
    const { state } = folded;
    switch (state.phase) {
      case 'preparing':
        await this.observe(folded, signal);
        await this.#describe(folded, signal);
        return event('prepared', `The router answers, and ${state.pair.green.name} is started`);
      case 'starting':
        return this.#starting(folded, signal);
      case 'healthy':
        return this.#healthy(folded, signal);
      case 'smoking':
        return smoked(folded);
      case 'watching':
        return this.#watching(folded, signal);
      case 'paused':
        return state.step === null ? wait() : this.#paused(folded, signal);
      case 'keeping':
        return this.#keeping(folded, signal);
      case 'rolling-back':
        return this.#back(folded, signal);
      case 'decommissioning':
        return event('effects-done', `${state.pair.green.name} serves`);
      case 'done':
      case 'rolled-back':
      case 'failed':
        return wait();
    }
  }

  async #starting(folded: Folded, signal: AbortSignal): Promise<Decision> {
    const { last, state, policy } = folded;
    const { green } = await this.observe(folded, signal);
    if (this.#timer.isBefore(last.entry.atMs)) return jumped();
    if (this.#isSteady(green.state === 'ready', folded))
      return event('ready', `${state.pair.green.name} is ready`);
    // Ready at one look, it is looked at once more: time may have passed while nobody controlled it.
    if (green.state === 'ready' || this.#elapsed(folded) < policy.readyMs) return wait();
    return event('late', `${state.pair.green.name} was not ready in time: ${reasonOf(green)}`);
  }

  async #healthy(folded: Folded, signal: AbortSignal): Promise<Decision> {
    const { green } = await this.observe(folded, signal);
    const { name } = folded.state.pair.green;
    if (green.state === 'ready') return event('ready', `${name} is still ready`);
    return event('lost', `${name} was ready and is not any more: ${reasonOf(green)}`);
  }

  async #watching(folded: Folded, signal: AbortSignal): Promise<Decision> {
    const { state, policy } = folded;
    const observed = await this.observe(folded, signal);
    const found = this.#lost(folded, observed) ?? foreign(folded, observed);
    if (found) return found;
    if (this.#silent > 0) return wait(SHORTEST_LOOK_MS);
    if (folded.evidenceSinceMs === null) return wait();
    if (this.#timer.isBefore(folded.evidenceSinceMs)) return jumped();

    const elapsed = this.#elapsed(folded);
    const report = await this.#evidence.judge(folded, elapsed, {}, signal);
    const { drift } = this.#evidence;
    if (drift)
      return { kind: 'event', event: { kind: 'model-drifted', reason: drift.reason }, models: drift.models };
    const length = lengthOf(folded) ?? 0;
    const verdict = verdictOf(report, { elapsed, length, folded });
    if (verdict) return verdict;

    await this.#evidence.fill(folded, { elapsed, length, report }, signal);
    const left = Math.max(0, length - elapsed);
    const hold = policy.steps[state.step ?? 0]?.holdMs ?? 0;
    const look = Math.min(Math.max(hold / 20, SHORTEST_LOOK_MS), LONGEST_LOOK_MS);
    return wait(left > 0 ? Math.min(look, left) : look);
  }

  /** Traffic stays where it is; but a version that fails does not keep it. */
  async #paused(folded: Folded, signal: AbortSignal): Promise<Decision> {
    const observed = await this.observe(folded, signal);
    const lost = this.#lost(folded, observed);
    if (lost) return lost;
    return (await this.#failing(folded, signal)) ?? wait(LONGEST_LOOK_MS / 2);
  }

  async #keeping(folded: Folded, signal: AbortSignal): Promise<Decision> {
    const { last, state, policy } = folded;
    const observed = await this.observe(folded, signal);
    const found = this.#lost(folded, observed) ?? foreign(folded, observed);
    if (found) return found;
    if (this.#timer.isBefore(last.entry.atMs)) return jumped();
    if (this.#silent > 0) return wait(SHORTEST_LOOK_MS);

    const failing = await this.#failing(folded, signal);
    if (failing) return failing;
    const left = policy.keepMs - this.#elapsed(folded);
    if (left > 0) return wait(Math.min(left, LONGEST_LOOK_MS));
    return event(
      'keep-over',
      `${state.pair.blue ? shownName(state.pair.blue) : 'Nothing'} was kept long enough`,
    );
  }

  async #failing(folded: Folded, signal: AbortSignal): Promise<Decision | undefined> {
    const report = await this.judgeNow(folded, signal);
    if (report?.status !== 'fail') return undefined;
    return event('step-failed', `Its gate fails: ${report.reason ?? 'it was shown to be worse'}`);
  }

  /** That green has no weight any more is read back once more, when it is said. */
  async #back(folded: Folded, signal: AbortSignal): Promise<Decision> {
    const { pair, successor } = folded.state;
    const { router, evidence, config } = this.#options;
    await performEffect({ kind: 'set-weights', green: 0 }, { config, pair, router, evidence }, signal);
    await this.observe(folded, signal);
    const { name } = pair.green;
    if (successor) return event('effects-done', `${name} was taken back; ${successor.name} is next`);
    const cause = folded.last.data.reason;
    return event('effects-done', `${name} has no traffic any more and is stopped. Why: ${cause}`);
  }

  /** What somebody else has changed is noted. */
  async observe(folded: Folded, signal: AbortSignal): Promise<Observed> {
    const observed = await this.#options.router.observe(folded.state.pair, signal);
    this.#observed = observed;
    const drift = [...observed.drift];
    if (JSON.stringify(drift) !== JSON.stringify(folded.drift)) {
      const text = drift.length > 0 ? drift.join(' ') : 'What somebody else had changed is as it was';
      await this.#journal.record({ kind: 'note', text, data: written({ drift }) }, folded.seq, signal);
    }
    return observed;
  }

  async #describe(folded: Folded, signal: AbortSignal): Promise<void> {
    if (folded.where !== null) return;
    const where = await this.#options.router.describe(signal);
    await this.#journal.record({ kind: 'note', text: where, data: written({ where }) }, folded.seq, signal);
  }

  /** At two looks, one after the other. */
  #isSteady(isReady: boolean, { last }: Folded): boolean {
    const key = String(last.entry.seq);
    const before = this.#ready.key === key ? this.#ready.looks : 0;
    this.#ready = { key, looks: isReady ? before + 1 : 0 };
    return this.#ready.looks >= 2;
  }

  #lost({ state }: Folded, { green }: Observed): Decision | undefined {
    this.#silent = green.state === 'ready' ? 0 : this.#silent + 1;
    if (this.#silent < MOST_SILENT) return undefined;
    this.#silent = 0;
    return event('lost', `${state.pair.green.name} is not ready any more: ${reasonOf(green)}`);
  }

  /** Of the hold where a step is watched, else of the phase. */
  #elapsed({ state, last, evidenceSinceMs, evidenceSeq }: Folded): number {
    if (state.phase === 'watching' && evidenceSinceMs !== null)
      return this.#timer.elapsed(`evidence ${evidenceSeq}`, evidenceSinceMs);
    return this.#timer.elapsed(String(last.entry.seq), last.entry.atMs);
  }
}

function smoked({ smoke, state }: Folded): Decision {
  const { name } = state.pair.green;
  if (smoke === null) return event('smoke-undecided', 'The smoke test has no result');
  switch (smoke.status) {
    case 'pass':
      return event('smoke-passed', `The smoke test of ${name} passed: ${smoke.reason}`);
    case 'fail':
      return event('smoke-failed', `The smoke test of ${name} failed: ${smoke.reason}`);
    case 'undecided':
      return event('smoke-undecided', `The smoke test of ${name} is undecided: ${smoke.reason}`);
  }
}

/** What the report and the time come to. A step passes by evidence alone, whatever a report says of itself. */
function verdictOf(
  report: StepReport | null,
  { elapsed, length, folded }: { elapsed: number; length: number; folded: Folded },
): Decision | undefined {
  const { policy, state } = folded;
  const step = policy.steps[state.step ?? 0];
  if (!report || !step) return undefined;
  if (report.status === 'fail')
    return event('step-failed', `Its gate fails: ${report.reason ?? 'it was shown to be worse'}`);

  const isOver = elapsed >= length;
  const isEarly = policy.earlyPassMs !== undefined && elapsed >= policy.earlyPassMs;
  const isMeasured = report.green.samples >= step.minSamples;
  if (report.status === 'pass' && isMeasured && (isOver || isEarly))
    return event('step-passed', `The gate of ${step.weight} % passes with ${report.green.samples} samples`);
  if (!isOver) return undefined;
  const few = isMeasured ? null : `${report.green.samples} of ${step.minSamples} samples`;
  return event(
    'step-undecided',
    `The gate of ${step.weight} % is undecided: ${report.reason ?? few ?? 'it could not be measured'}`,
  );
}

/** Somebody else's change of what the step has set. It is not undone. */
function foreign({ state, policy }: Folded, { weights, drift }: Observed): Decision | undefined {
  const green = policy.steps[state.step ?? 0]?.weight ?? 0;
  if (weights?.green === green && weights.blue === 100 - green) return undefined;
  const found =
    weights === null
      ? (drift[0] ?? 'the route does not name both versions any more')
      : `the weights are ${weights.blue} % and ${weights.green} %, not ${100 - green} % and ${green} %`;
  return event(
    'route-changed',
    `Somebody else has changed the route: ${found}. Resume sets the weights of this step again`,
  );
}

function jumped(): Decision {
  return event('clock-jumped', 'The clock of this machine went back, so the time begins anew');
}

function event(kind: PlainEvent, reason: string): Decision {
  return { kind: 'event', event: { kind, reason } };
}

function wait(ms = LOOK_MS): Decision {
  return { kind: 'wait', ms };
}
