import { formatCount } from '../../engine/model/figures.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';

interface Tally {
  kept: ReadonlyMap<string, number>;
  dropped: ReadonlyMap<string, number>;
  notes: ReadonlyMap<string, number>;
}

/** What happened to fields that the other format has no place for. */
export function tallyLines({ kept, dropped, notes }: Tally): string[] {
  return [...section('kept as metadata', kept), ...section('dropped', dropped), ...section('notes', notes)];
}

function section(title: string, counts: ReadonlyMap<string, number>): string[] {
  if (counts.size === 0) return [];
  const rows = [...counts].map(([what, count]) => `    ${sanitizeLine(what)} (${formatCount(count)})`);
  return [`  ${title}:`, ...rows];
}
