import type { EngineCalls } from '../../protocol/calls.ts';

export type RunHead = EngineCalls['run/list']['result']['runs'][number];

/** Results stored so far. */
export function doneOf({ counts }: RunHead): number {
  return counts.passed + counts.failed + counts.errored;
}

/** Share of the stored results that passed, 0–1; null without any. */
export function passRateOf(run: RunHead): number | null {
  const done = doneOf(run);
  return done === 0 ? null : run.counts.passed / done;
}

/** Whether the run covers every case of the suite at every target, so that two such runs can be compared. */
export function isWhole({ filter, left_out }: RunHead): boolean {
  return filter.names.length === 0 && filter.tags.length === 0 && !filter.ids && !left_out?.targets;
}
