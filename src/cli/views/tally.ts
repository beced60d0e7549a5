import { formatCount } from '../terminal/format.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';

interface Tally {
  kept: ReadonlyMap<string, number>;
  dropped: ReadonlyMap<string, number>;
  notes: ReadonlyMap<string, number>;
}

/** What became of fields without a place in the other format; no line where there is nothing to tell. */
export function tallyLines({ kept, dropped, notes }: Tally): string[] {
  return [
    ...section('kept in the metadata', kept),
    ...section('left out', dropped),
    ...section('to know', notes),
  ];
}

function section(title: string, counts: ReadonlyMap<string, number>): string[] {
  if (counts.size === 0) return [];
  const rows = [...counts].map(([what, count]) => `    ${sanitizeLine(what)} (${formatCount(count)})`);
  return [`  ${title}:`, ...rows];
}
