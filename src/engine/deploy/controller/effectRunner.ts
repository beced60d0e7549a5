import { UserError } from '../../errors.ts';
import type { Folded } from '../journal/foldJournal.ts';
import type { JournalEntry } from '../journal/journal.ts';
import { type EffectData, written } from '../journal/journalData.ts';
import type { Effect } from '../machine/effect.ts';
import { RouterError } from '../routers/routerError.ts';
import type { ControlledJournal } from './controlledJournal.ts';
import type { Decision } from './controllerDecision.ts';
import type { ControllerOptions } from './controllerOptions.ts';
import { BlueNotReady, GreenNotReady, performEffect, RouteChanged } from './performEffect.ts';
import { PhaseTimer } from './phaseTimer.ts';

/** Between two looks at what persons wish for while an effect takes its time, in milliseconds. */
const LOOK_MS = 1000;
const LONGEST_PAUSE_MS = 15_000;

/** A person wants something else than what is being done. */
class Interrupted extends Error {}

/** Does the effects of the last transition, one at a time, until each is verified. */
export class EffectRunner {
  readonly #options: ControllerOptions;
  readonly #journal: ControlledJournal;
  readonly #timer: PhaseTimer;
  #failing = { effect: '', times: 0 };

  constructor(options: ControllerOptions, journal: ControlledJournal) {
    this.#options = options;
    this.#journal = journal;
    this.#timer = new PhaseTimer(options.clock);
  }

  /** What follows from the first effect that was not verified; undefined where all were. */
  async run(folded: Folded, signal: AbortSignal): Promise<Decision | undefined> {
    const [pending] = folded.pending;
    if (!pending) return undefined;

    const { state, policy, last } = folded;
    const elapsed = this.#timer.elapsed(String(last.entry.seq), last.entry.atMs);
    const isLate = elapsed >= policy.readyMs;
    const hasFailed = this.#failing.effect === keyOf(folded, pending.index);
    if (state.phase === 'starting' && isLate && hasFailed)
      return event('late', `${state.pair.green.name} could not be started in time`);

    try {
      const result = await this.#perform(pending.effect, folded, signal);
      await this.#verified(pending, folded, result, signal);
      this.#failing = { effect: '', times: 0 };
      return { kind: 'wait', ms: 0 };
    } catch (error) {
      return this.#failed(error, { folded, isLate, index: pending.index }, signal);
    }
  }

  async #perform(effect: Effect, folded: Folded, signal: AbortSignal): Promise<EffectData['result']> {
    const { router, evidence } = this.#options;
    const config = { ...this.#options.config, policy: folded.policy };
    const effecting = { config, pair: folded.state.pair, router, evidence };
    const interrupt = new AbortController();
    const both = AbortSignal.any([signal, interrupt.signal]);
    const isOver = new AbortController();

    const watching = this.#watchWishes(folded.seq, interrupt, AbortSignal.any([signal, isOver.signal]));
    try {
      return await performEffect(effect, effecting, both);
    } catch (error) {
      throw interrupt.signal.aborted ? interrupt.signal.reason : error;
    } finally {
      isOver.abort();
      await watching;
    }
  }

  /** Aborts what is done as soon as somebody wishes for something. */
  async #watchWishes(seq: number, interrupt: AbortController, signal: AbortSignal): Promise<void> {
    try {
      for (;;) {
        await this.#options.clock.sleep(LOOK_MS, signal);
        const entries = await this.#journal.read(signal);
        if (entries.some((entry) => entry.seq > seq && isUrgent(entry))) {
          interrupt.abort(new Interrupted());
          return;
        }
      }
    } catch {
      // The effect is over, or shows itself what is wrong.
    }
  }

  async #verified(
    { effect, index }: Folded['pending'][number],
    { last, seq }: Folded,
    result: EffectData['result'],
    signal: AbortSignal,
  ): Promise<void> {
    const data = written({
      ...{ transition: last.entry.seq, index },
      ...(result === undefined ? {} : { result }),
    });
    await this.#journal.record({ kind: 'effect', text: wordsFor(effect, result), data }, seq, signal);
  }

  async #failed(
    error: unknown,
    { folded, isLate, index }: { folded: Folded; isLate: boolean; index: number },
    signal: AbortSignal,
  ): Promise<Decision> {
    if (signal.aborted) throw error;
    const { pair } = folded.state;
    if (error instanceof Interrupted) return { kind: 'wait', ms: 0 };
    if (error instanceof GreenNotReady)
      return event('lost', `${pair.green.name} is not ready, so it gets no more traffic: ${error.message}`);
    // What is no UserError may be a fault of ours; it is shown, and tried again, because traffic depends on it.
    const isFinal = error instanceof RouterError ? !error.isTransient : error instanceof UserError;
    // What only a person can mend is not tried for ever.
    const needsPerson = error instanceof BlueNotReady || error instanceof RouteChanged;
    if (isFinal || (needsPerson && isLate)) return event('effect-failed', messageOf(error));

    return this.#again(error, { folded, index }, signal);
  }

  async #again(
    error: unknown,
    { folded, index }: { folded: Folded; index: number },
    signal: AbortSignal,
  ): Promise<Decision> {
    const key = keyOf(folded, index);
    const times = this.#failing.effect === key ? this.#failing.times + 1 : 1;
    this.#failing = { effect: key, times };
    if (times === 1) {
      const text = `It did not work and is tried again: ${messageOf(error)}`;
      await this.#journal.record({ kind: 'note', text, data: {} }, folded.seq, signal);
    }
    const pause = Math.min(1000 * 2 ** (times - 1), LONGEST_PAUSE_MS);
    return { kind: 'wait', ms: pause * (0.75 + this.#options.random.next() / 2) };
  }
}

/** Of an effect of the last transition. */
function keyOf({ last }: Folded, index: number): string {
  return `${last.entry.seq}/${index}`;
}

/** What is not put off until an effect has ended. */
function isUrgent({ kind, data }: JournalEntry): boolean {
  return kind === 'wish' && ['abort', 'rollback', 'start', 'pause'].includes(String(data['kind']));
}

function event(kind: 'late' | 'lost' | 'effect-failed', reason: string): Decision {
  return { kind: 'event', event: { kind, reason } };
}

function messageOf(error: unknown): string {
  if (error instanceof UserError && error.remedy !== undefined) return `${error.message}. ${error.remedy}`;
  return error instanceof Error ? error.message : String(error);
}

const SMOKE = {
  pass: 'The smoke test passed',
  fail: 'The smoke test failed',
  undecided: 'The smoke test is undecided',
} as const;

function wordsFor(effect: Effect, result: EffectData['result']): string {
  switch (effect.kind) {
    case 'start-green':
      return 'Green was started';
    case 'set-weights':
      return `Green has ${effect.green} % of the traffic, as read back`;
    case 'smoke':
      return `${SMOKE[result?.status ?? 'undecided']}: ${result?.reason ?? 'it has no result'}`;
    case 'begin-evidence':
      return `Evidence of step ${effect.step + 1} counts from now on`;
    case 'discard-evidence':
      return 'Evidence so far does not count any more';
    case 'stop':
      return `${effect.side === 'blue' ? 'Blue' : 'Green'} was drained and stopped`;
    case 'settle':
      return 'Green is what the route names from now on';
  }
}
