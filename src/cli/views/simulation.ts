import { counted, formatCost, formatCount, formatDuration } from '../../engine/model/figures.ts';
import type { TapeOutcome } from '../../engine/simulate/replayTape.ts';
import type { Simulation } from '../providerSimulation.ts';
import type { Io } from '../terminal/io.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import { type Column, fitTable } from '../terminal/table.ts';

const ROWS: readonly [title: string, show: (outcome: TapeOutcome) => string][] = [
  ['time', ({ durationMs }) => formatDuration(durationMs)],
  ['answered', ({ answered, calls }) => `${formatCount(answered)} of ${formatCount(calls)}`],
  ['failed', ({ failed }) => formatCount(failed)],
  ['rejected before they were sent', ({ rejected }) => rejectedText(rejected)],
  ['requests sent', ({ requests }) => formatCount(requests)],
  ['answered with 429', ({ rateLimited }) => formatCount(rateLimited)],
  ['failed by the provider', ({ providerFailures }) => formatCount(providerFailures)],
  ['cost of the answers', ({ costUsd }) => formatCost(costUsd)],
  ['a call takes, median', ({ callMs }) => duration(callMs.median)],
  ['a call takes, 95th percentile', ({ callMs }) => duration(callMs.p95)],
];

/** Two policies side by side, and what the simulation takes for granted. */
export function simulationLines(simulation: Simulation, io: Io): string[] {
  const { tape, calls, outcomes } = simulation;
  const [own, other] = outcomes;
  const columns: readonly Column[] = [
    { title: '' },
    { title: sanitizeLine(own.policy), align: 'right' },
    { title: sanitizeLine(other.policy), align: 'right' },
  ];
  const cells = ROWS.map(([title, show]) => [title, show(own), show(other)]);
  return [
    `${counted(calls, 'call')} of ${sanitizeLine(tape)}, simulated`,
    '',
    ...fitTable(columns, cells, io.width),
    '',
    ...notesOf(simulation),
  ];
}

function notesOf({ missing, neverBack }: Simulation): string[] {
  return [
    'Calls take as long as they did on the tape, and fail while the provider failed on it. Its limits are estimated from its 429s; a tape without any shows no limit.',
    ...(missing > 0
      ? [
          `${counted(missing, 'trial')} of the run ${missing === 1 ? 'is' : 'are'} missing; ${missing === 1 ? 'its calls are' : 'their calls are'} not simulated.`,
        ]
      : []),
    ...neverBack.map(
      (provider) =>
        `${sanitizeLine(provider)} fails at the end of the tape, which does not show when it is back: it fails until the end of the simulation.`,
    ),
  ];
}

function rejectedText(rejected: TapeOutcome['rejected']): string {
  const entries = Object.entries(rejected);
  if (entries.length === 0) return '0';
  return entries.map(([policy, count]) => `${formatCount(count)} (${policy})`).join(', ');
}

function duration(ms: number | null): string {
  return ms === null ? '–' : formatDuration(ms);
}
