import {
  counted,
  formatCost,
  formatCount,
  formatDuration,
  formatPercent,
} from '../../engine/model/figures.ts';
import { dropWord, formatLatency } from '../../engine/model/gatewayFigures.ts';
import type { RouteEntry, ShadowEntry } from '../../protocol/gatewayEntries.ts';
import type { Io } from '../terminal/io.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import type { Style } from '../terminal/style.ts';

/** What a route's shadow did, and what is known of it so far. */
export function shadowLines(
  { route, shadow }: RouteEntry,
  { style }: Pick<Io, 'style'>,
  nowMs = Date.now(),
): string[] {
  if (!shadow) return [];
  const { to, share, state, reason, suite } = shadow;
  const head =
    state === 'mirroring'
      ? `${formatPercent(share)} of ${sanitizeLine(route)} mirrored to ${sanitizeLine(to)}`
      : `mirroring ${sanitizeLine(route)} to ${sanitizeLine(to)} ended: ${sanitizeLine(reason ?? 'no reason is known')}`;
  return [
    '',
    style.bold(head),
    `  ${countsText(shadow)}`,
    `  verdict: ${verdictText(shadow, style)}${suite === null ? '' : `, by suite ${sanitizeLine(suite)}`}`,
    `  budget: ${budgetText(shadow, nowMs)}`,
    ...(shadow.runId === null ? [] : [style.dim(`  touchstone show ${shadow.runId}`)]),
    ...interferenceLines(shadow, style),
  ];
}

function countsText(shadow: ShadowEntry): string {
  const { mirrored, queued, diverged, dropped } = shadow;
  const drops = Object.entries(dropped).filter(([, count]) => count > 0);
  return [
    `${formatCount(mirrored)} mirrored`,
    ...(queued > 0 ? [`${formatCount(queued)} waiting`] : []),
    ...(diverged > 0 ? [`${formatCount(diverged)} with other tool calls`] : []),
    ...drops.map(([reason, count]) => `${formatCount(count)} dropped (${dropWord(reason)})`),
  ].join(', ');
}

/** What it has used of what it may use. */
function budgetText(shadow: ShadowEntry, nowMs: number): string {
  const { pairs, limits, state } = shadow;
  const { maxPairs, endsMs } = limits;
  return [
    spentText(shadow),
    `${formatCount(pairs)} of ${counted(maxPairs, 'pair')}`,
    ...(endsMs === null || state === 'ended' ? [] : [`${formatDuration(Math.max(0, endsMs - nowMs))} left`]),
  ].join(', ');
}

/** A call of unknown cost counts as a typical one. */
function spentText({ costUsd, unpriced, limits: { maxCostUsd } }: ShadowEntry): string {
  if (unpriced > 0 && costUsd === 0) return 'cost unknown';
  const spent = `${unpriced > 0 ? 'about ' : ''}${formatCost(costUsd)}`;
  return maxCostUsd === null ? `${spent} spent` : `${spent} of ${formatCost(maxCostUsd)} spent`;
}

function verdictText({ verdict, state }: ShadowEntry, style: Style): string {
  const soFar = state === 'mirroring' ? ' so far' : '';
  switch (verdict) {
    case null:
      return 'none yet';
    case 'better':
      return style.green(`better${soFar}`);
    case 'worse':
    case 'mixed':
      return style.red(`${verdict}${soFar}`);
    case 'undecided':
    case 'equivalent':
    case 'identical':
      return `${verdict}${soFar}`;
  }
}

function interferenceLines({ interference: { on, off, p, isTripped } }: ShadowEntry, style: Style): string[] {
  if (on.requests + off.requests === 0) return [];
  const slice = (of: typeof on): string =>
    `p50 ${formatLatency(of.p50Ms)}, p99 ${formatLatency(of.p99Ms)} (${counted(of.requests, 'request')})`;
  const line = `  latency with copies: ${slice(on)}; without: ${slice(off)}${p === null ? '' : `; p = ${p.toPrecision(2)}`}`;
  return [isTripped ? style.red(line) : line];
}

/** Routes and their shadows, for `--json`. */
export function shadowsJson(routes: readonly RouteEntry[]): object {
  return { shadows: routes.flatMap(({ route, shadow }) => (shadow ? [{ route, ...shadow }] : [])) };
}
