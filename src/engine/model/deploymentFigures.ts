import {
  counted,
  formatCost,
  formatCount,
  formatDuration,
  formatPercent,
  formatRange,
  formatScore,
} from './figures.ts';

/** Words and figures of deployments, as terminals and pages show them. */

interface Estimated {
  value: number;
  low: number;
  high: number;
}

interface Progress {
  phase: string;
  step: number | null;
  steps: readonly { weight: number; holdMs: number }[];
}

export interface SideOfStep {
  samples: number;
  bySource: { readonly [source: string]: number };
  errors: number;
  errorRate: Estimated | null;
  passRate: Estimated | null;
  meanScore: Estimated | null;
  p50Ms: number | null;
  p95Ms: number | null;
  costUsd: number | null;
  costPerRequest: Estimated | null;
  servedModels: readonly string[];
}

export type StepState = 'passed' | 'current' | 'paused' | 'failed' | 'next';

/** Nothing of it goes on any more. One that failed waits for a person. */
export function isOver({ phase }: Pick<Progress, 'phase'>): boolean {
  return phase === 'done' || phase === 'rolled-back';
}

/** How far each step is. */
export function stepStates({ phase, step, steps }: Progress): StepState[] {
  const at = step ?? -1;
  return steps.map((_, index) => {
    if (phase === 'done' || phase === 'keeping' || phase === 'decommissioning') return 'passed';
    if (index < at) return 'passed';
    if (index > at) return 'next';
    switch (phase) {
      case 'watching':
        return 'current';
      case 'paused':
        return 'paused';
      case 'rolling-back':
      case 'rolled-back':
      case 'failed':
        return 'failed';
      default:
        return 'next';
    }
  });
}

/** `watching step 2 of 6 (10 %)`, `rolled back at step 2 of 6 (10 %)` */
export function phaseText(progress: Progress): string {
  const { phase, step, steps } = progress;
  const weight = step === null ? undefined : steps[step]?.weight;
  const place =
    weight === undefined || step === null
      ? ''
      : `step ${step + 1} of ${steps.length} (${weightText(weight)})`;
  switch (phase) {
    case 'starting':
      return 'starting green';
    case 'healthy':
      return 'green is ready';
    case 'smoking':
      return 'smoke test of green';
    case 'watching':
      return `watching ${place}`;
    case 'paused':
      return place === '' ? 'paused' : `paused at ${place}`;
    case 'keeping':
      return 'at 100 %, blue is kept';
    case 'rolling-back':
      return place === '' ? 'rolling back' : `rolling back from ${place}`;
    case 'rolled-back':
      return place === '' ? 'rolled back' : `rolled back at ${place}`;
    case 'failed':
      return place === '' ? 'failed' : `failed at ${place}`;
    default:
      return phase;
  }
}

/** `3 min 20 s left`, `time is over`; null where no time is set. */
export function countdownText(untilMs: number | null, nowMs: number): string | null {
  if (untilMs === null) return null;
  const left = untilMs - nowMs;
  // Whole seconds: nobody reads tenths that pass.
  return left > 0
    ? `${formatDuration(Math.ceil(left / 1000) * 1000).replace(/\.0 s$/, ' s')} left`
    : 'time is over';
}

/** A time that somebody has set: `5 min`, `30 s`. */
export function holdText(ms: number): string {
  return formatDuration(ms)
    .replace(/ 00 (s|min)$/, '')
    .replace(/\.0 s$/, ' s');
}

/** Percent that is one already: `10 %`, `0.5 %`. */
export function weightText(weight: number | null): string {
  return weight === null ? '–' : `${Number(weight.toFixed(2))} %`;
}

/** One row a measure, in words: label, blue, green. */
export function sideRows(
  blue: SideOfStep,
  green: SideOfStep,
  minSamples: number,
): { label: string; blue: string; green: string }[] {
  const rows: { label: string; read(side: SideOfStep): string }[] = [
    { label: 'errors', read: ({ errorRate, errors }) => withCount(rateText(errorRate), errors) },
    { label: 'passed', read: ({ passRate }) => rateText(passRate) },
    { label: 'score', read: ({ meanScore }) => scoreText(meanScore) },
    { label: 'p50', read: ({ p50Ms }) => latencyText(p50Ms) },
    { label: 'p95', read: ({ p95Ms }) => latencyText(p95Ms) },
    { label: 'cost per request', read: ({ costPerRequest }) => costText(costPerRequest) },
    { label: 'cost', read: ({ costUsd }) => (costUsd === null ? NOT_MEASURED : formatCost(costUsd)) },
    { label: 'models', read: ({ servedModels }) => servedModels.join(', ') || '–' },
  ];
  return [
    { label: 'samples', blue: samplesText(blue), green: samplesText(green, minSamples) },
    ...rows.map(({ label, read }) => ({ label, blue: read(blue), green: read(green) })),
  ];
}

const NOT_MEASURED = 'not measured';

const SOURCES: { readonly [source: string]: string } = {
  gateway: 'gateway',
  traces: 'received traces',
  golden: 'golden cases',
  shadow: 'shadow pairs',
};

/** `34 of 30: 30 gateway, 4 golden cases` */
function samplesText({ samples, bySource }: SideOfStep, wanted?: number): string {
  const total =
    wanted === undefined ? formatCount(samples) : `${formatCount(samples)} of ${formatCount(wanted)}`;
  const parts = Object.entries(bySource).filter(([, count]) => count > 0);
  if (parts.length === 0) return total;
  return `${total}: ${parts.map(([source, count]) => `${formatCount(count)} ${SOURCES[source] ?? source}`).join(', ')}`;
}

function withCount(text: string, errors: number): string {
  return errors === 0 ? text : `${text}, ${counted(errors, 'error')}`;
}

/** `2.9 % (0.5–14.9)`, with its interval of 95 %. */
function rateText(rate: Estimated | null): string {
  return rate === null ? NOT_MEASURED : `${formatPercent(rate.value)} (${formatRange(rate)})`;
}

function scoreText(score: Estimated | null): string {
  if (score === null) return NOT_MEASURED;
  return `${formatScore(score.value)} (${formatScore(score.low)}–${formatScore(score.high)})`;
}

function costText(cost: Estimated | null): string {
  if (cost === null) return NOT_MEASURED;
  return `${formatCost(cost.value)} (${formatCost(Math.max(0, cost.low))}–${formatCost(cost.high)})`;
}

function latencyText(ms: number | null): string {
  return ms === null ? NOT_MEASURED : formatDuration(ms);
}
