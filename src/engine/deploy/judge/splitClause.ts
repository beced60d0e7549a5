import { sampleRatio } from '../../gateway/split/sampleRatio.ts';
import type { Sample } from '../evidence/sample.ts';
import type { StepSamples } from './stepSamples.ts';

/** Why nothing can be concluded from both sides beside each other; null where the traffic was divided as it should be. */
export function mismatchOf(samples: StepSamples, greenWeight: number): string | null {
  if (greenWeight >= 100 || greenWeight <= 0) return null;
  const counts = [drawn(samples.green), drawn(samples.blue)];
  const { p, isMismatch } = sampleRatio(counts, [greenWeight, 100 - greenWeight]);
  if (!isMismatch) return null;
  return `${counts[0]} of ${(counts[0] ?? 0) + (counts[1] ?? 0)} went to the next version, which does not fit a weight of ${greenWeight} % (p = ${p.toPrecision(1)}): both sides cannot be compared`;
}

/** What the weights have divided, a session once. */
function drawn(samples: readonly Sample[]): number {
  const own = samples.filter(({ source }) => source === 'gateway' || source === 'traces');
  return new Set(own.map(({ id, cluster }) => (cluster === null ? `one ${id}` : `all ${cluster}`))).size;
}
