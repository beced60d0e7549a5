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

/** Whether every case of the suite took part on every target, so that two such runs can be set side by side. */
export function isWhole({ filter, left_out }: RunHead): boolean {
  return filter.names.length === 0 && filter.tags.length === 0 && !filter.ids && !left_out?.targets;
}

/** In the language of the editor, e.g. `83.9%`; `–` where nothing was measured. Never rounds up to 100 %. */
export function percent(share: number | null, language: string): string {
  if (share === null) return '–';
  const rounded = Math.round(share * 1000) / 1000;
  const shown = rounded === 1 && share < 1 ? 0.999 : rounded;
  return new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }).format(shown);
}
