import { UserError } from '../../errors.ts';
import { defined } from '../../model/defined.ts';
import type { StepReport } from '../evidence/stepReport.ts';
import { type Folded, foldJournal } from '../journal/foldJournal.ts';
import type { JournalEntry } from '../journal/journal.ts';
import { written } from '../journal/journalData.ts';
import { UnreadableJournal } from '../journal/unreadableJournal.ts';
import { isEnd } from '../machine/machineState.ts';
import { next } from '../machine/next.ts';
import type { DeploymentPhase } from '../machine/phase.ts';
import type { Observed } from '../routers/router.ts';
import { RouterError } from '../routers/routerError.ts';
import { statusOf } from '../status/statusOf.ts';
import { answerWish } from './answerWish.ts';
import { ControlledJournal, StaleJournal } from './controlledJournal.ts';
import type { Decision } from './controllerDecision.ts';
import type { ControllerOptions } from './controllerOptions.ts';
import { EffectRunner } from './effectRunner.ts';
import { GuardedRouter } from './guardedRouter.ts';
import { LeaseKeeper, LeaseLost } from './leaseKeeper.ts';
import { PhaseLook } from './phaseLook.ts';

/** Somebody else controls the deployment. */
export class DeploymentControlled extends UserError {}

/** How often a journal may change under the controller before it is taken to be broken. */
const MOST_CONFLICTS = 100;
/** How often the router may be silent before it is told. */
const TOLD_AFTER = 2;

/**
 * Drives one deployment. Each transition is in the journal before its effects, which are done again until they are verified, so that
 * any controller goes on where another one was killed.
 */
export class Controller {
  readonly #options: ControllerOptions;
  readonly #journal: ControlledJournal;
  readonly #lease: LeaseKeeper;
  readonly #effects: EffectRunner;
  readonly #look: PhaseLook;
  /** What it steers has not answered several times, which was told. */
  #isSilent = false;

  constructor(options: ControllerOptions) {
    const { config, journal, holder, clock } = options;
    this.#journal = new ControlledJournal(journal, { deployment: config.name, holder, clock });
    this.#lease = new LeaseKeeper(journal, { deployment: config.name, holder, clock });
    const router = new GuardedRouter(options.router, () => this.#lease.assertHeld());
    this.#options = { ...options, router };
    this.#effects = new EffectRunner(this.#options, this.#journal);
    this.#look = new PhaseLook(this.#options, this.#journal);
  }

  /**
   * Until the deployment ends, or fails, or is another's, or the signal: then it goes on with the next controller. Rejects with
   * DeploymentControlled where somebody else has it, and UserError where the journal cannot be used.
   */
  async run(signal: AbortSignal): Promise<DeploymentPhase> {
    const by = await this.#lease.take(signal);
    if (by !== null)
      throw new DeploymentControlled(
        `the deployment "${this.#options.config.name}" is controlled by ${by} already`,
        { remedy: `\`touchstone deploy status ${this.#options.config.name}\` shows how far it is.` },
      );

    const both = AbortSignal.any([signal, this.#lease.signal]);
    let phase: DeploymentPhase = 'preparing';
    try {
      for (let conflicts = 0; ; ) {
        const folded = await this.#read(both);
        phase = folded.state.phase;
        try {
          if (await this.#step(folded, both)) return phase;
          conflicts = 0;
          await this.#answersAgain(both);
        } catch (error) {
          conflicts += 1;
          await this.#passOver(error, conflicts, both);
          if (error instanceof RouterError && conflicts === TOLD_AFTER) await this.#tellSilence(error, both);
        }
      }
    } catch (error) {
      if (both.aborted) return phase;
      throw error;
    } finally {
      await this.#lease.release();
      await this.#options.evidence.end(AbortSignal.timeout(10_000)).catch(() => {});
    }
  }

  /** Returns whether there is nothing left to do. */
  async #step(folded: Folded & { entries: readonly JournalEntry[] }, signal: AbortSignal): Promise<boolean> {
    const { phase } = folded.state;
    const answer = await answerWish(folded, this.#look, signal);
    if (answer?.kind === 'refused') {
      const data = written({ wish: answer.wish });
      await this.#journal.record({ kind: 'note', text: answer.reason, data }, folded.seq, signal);
      return false;
    }
    if (answer) return this.#take(folded, answer, signal);
    if (isEnd(phase) || phase === 'failed') {
      this.#publish(folded, null);
      return true;
    }

    const decision = (await this.#effects.run(folded, signal)) ?? (await this.#look.decide(folded, signal));
    this.#publish(folded, this.#options.holder);
    if (decision.kind === 'event') return this.#take(folded, decision, signal);
    await this.#wait(decision.ms, folded.seq, signal);
    return false;
  }

  /** Writes the transition; its effects are done when the journal is read again. */
  async #take(folded: Folded, decision: Decision & { kind: 'event' }, signal: AbortSignal): Promise<false> {
    const { event, wish, override, models } = decision;
    const transition = next(folded.state, event, folded.policy);
    if (!transition) throw new Error(`no transition for ${event.kind} in ${folded.state.phase}`);

    const data = written({
      ...{ event: event.kind, reason: event.reason, state: transition.state, effects: transition.effects },
      ...defined({ wish, override, models, report: this.#look.seen(folded).report ?? undefined }),
    });
    await this.#journal.decide({ text: event.reason, data }, folded.seq, signal);
    return false;
  }

  async #read(signal: AbortSignal): Promise<Folded & { entries: readonly JournalEntry[] }> {
    const entries = await this.#journal.read(signal);
    const folded = foldJournal(entries);
    if (folded) return { ...folded, entries };
    const { name } = this.#options.config;
    if (entries.length > 0) throw new UnreadableJournal(name);
    throw new UserError(`nothing is deployed by "${name}"`, {
      remedy: `Begin with \`touchstone deploy start ${name}\`.`,
    });
  }

  /** What passes by itself: a journal that changed, a router that does not answer. */
  async #passOver(error: unknown, times: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || times > MOST_CONFLICTS) throw error;
    if (error instanceof StaleJournal) {
      if (!(await this.#lease.check())) throw new LeaseLost(error.message, { cause: error });
      return;
    }
    if (!(error instanceof RouterError) || !error.isTransient) throw error;
    await this.#options.clock.sleep(Math.min(1000 * times, 15_000), signal);
  }

  /** Less where somebody wishes for something. */
  async #wait(ms: number, seq: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const end = clock.monotonic() + ms;
    for (;;) {
      const left = end - clock.monotonic();
      if (left <= 0) return;
      await clock.sleep(Math.min(left, 1000), signal);
      const entries = await this.#journal.read(signal);
      if ((entries.at(-1)?.seq ?? 0) !== seq) return;
    }
  }

  /** Whoever looks at the deployment sees why nothing goes on. */
  async #tellSilence({ message, remedy }: RouterError, signal: AbortSignal): Promise<void> {
    this.#isSilent = true;
    const text = [`Nothing can be seen or changed for now: ${message}`, ...(remedy ? [remedy] : [])].join(
      '. ',
    );
    await this.#note(text, signal);
  }

  async #answersAgain(signal: AbortSignal): Promise<void> {
    if (!this.#isSilent) return;
    this.#isSilent = false;
    await this.#note('What it steers can be seen and changed again', signal);
  }

  async #note(text: string, signal: AbortSignal): Promise<void> {
    const folded = await this.#read(signal);
    try {
      await this.#journal.record({ kind: 'note', text, data: {} }, folded.seq, signal);
    } catch (error) {
      // Somebody has written meanwhile; it is no more than a note.
      if (!(error instanceof StaleJournal)) throw error;
    }
    this.#publish(await this.#read(signal), this.#options.holder);
  }

  #publish(folded: Folded & { entries: readonly JournalEntry[] }, controller: string | null): void {
    const { config, onChange } = this.#options;
    if (!onChange) return;
    const live: { observed: Observed | null; report: StepReport | null } = this.#look.seen(folded);
    const status = statusOf(config, folded.entries, { ...live, controller });
    if (status) onChange(status);
  }
}
