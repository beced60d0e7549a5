import type { Sample } from '../evidence/sample.ts';
import type { Side } from '../sides.ts';
import type { WatchedStep } from './watchedStep.ts';

/** What came from users, and what was asked in their place: cases differ from traffic, so that each is compared with its own kind. */
export type Stratum = 'live' | 'golden';

/** The samples of a step, each once. */
export class StepSamples {
  readonly green: readonly Sample[];
  /** Of the same time; where blue gets no traffic any more, those from before the step. */
  readonly blue: readonly Sample[];
  /** Blue's are from before the step. */
  readonly isEarlier: boolean;

  constructor(samples: readonly Sample[], step: WatchedStep) {
    const once = [...new Map(samples.filter(isUsable).map((sample) => [sample.id, sample])).values()];
    const within = once.filter(({ atMs }) => atMs >= step.sinceMs);
    this.green = within.filter(({ side }) => side === 'green');

    const blue = within.filter(({ side }) => side === 'blue');
    const earlier = once.filter(({ side, atMs }) => side === 'blue' && atMs < step.sinceMs);
    this.isEarlier = blue.length === 0 && earlier.length > 0;
    this.blue = this.isEarlier ? earlier : blue;
  }

  of(side: Side, stratum: Stratum): Sample[] {
    return this[side].filter(({ source }) => (source === 'golden') === (stratum === 'golden'));
  }

  /** The kinds of samples that both sides have. */
  get strata(): Stratum[] {
    return (['live', 'golden'] as const).filter(
      (stratum) => this.of('green', stratum).length > 0 && this.of('blue', stratum).length > 0,
    );
  }
}

/** A sample of which not even the time is a number says nothing. */
function isUsable({ atMs }: Sample): boolean {
  return Number.isFinite(atMs);
}

/** A figure that is known: NaN and the like are not. */
export function known(value: number | null): number | null {
  return value !== null && Number.isFinite(value) && value >= 0 ? value : null;
}
