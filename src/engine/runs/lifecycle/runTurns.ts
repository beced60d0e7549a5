import type { TurnWork } from './inTurn.ts';
import type { RunOutcome } from './runListener.ts';

/** How it went with one of several runs that were asked for together. */
export type RunEnd<F> =
  | { outcome: RunOutcome; finished: F }
  /** The person stopped it before it was under way; `error` is the signal's reason. */
  | { outcome: 'stopped'; error: unknown }
  | { outcome: 'failed'; error: unknown }
  /** It never began, because one before it did not come to its end. */
  | { outcome: 'left' };

interface Turn<T, F> {
  execute(run: T): Promise<F>;
  /** Puts away what was made ready for a run that is left. */
  close(run: T): Promise<void>;
  /** Hears of each end before the next one begins. */
  ended?(run: T, end: RunEnd<F>): void;
}

/** The next run begins only when the one before it is complete. */
export function runTurns<T, F extends { outcome: RunOutcome }>(
  { execute, close, ended }: Turn<T, F>,
  signal: AbortSignal,
): TurnWork<T, RunEnd<F>> {
  const told = (run: T, end: RunEnd<F>): RunEnd<F> => {
    ended?.(run, end);
    return end;
  };
  return {
    run: async (run) => told(run, await endOf(execute(run), signal)),
    async leave(run) {
      await close(run);
      return told(run, { outcome: 'left' });
    },
    goesOn: ({ outcome }) => outcome === 'complete',
  };
}

async function endOf<F extends { outcome: RunOutcome }>(
  execution: Promise<F>,
  signal: AbortSignal,
): Promise<RunEnd<F>> {
  try {
    const finished = await execution;
    return { outcome: finished.outcome, finished };
  } catch (error) {
    const isStopped = signal.aborted && error === signal.reason;
    return { outcome: isStopped ? 'stopped' : 'failed', error };
  }
}
