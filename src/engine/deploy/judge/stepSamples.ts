import type { Sample } from '../evidence/sample.ts';
import type { Side } from '../sides.ts';
import type { WatchedStep } from './watchedStep.ts';

/** What came from users, and what was asked in their place: cases differ from traffic, so that each is compared with its own kind. */
export type Stratum = 'live' | 'golden';

const STRATA: readonly Stratum[] = ['live', 'golden'];

/** The samples of a step, each once. */
export class StepSamples {
  readonly green: readonly Sample[];
  /** Of the same time; of a kind that blue gets no more of, those from before the step. */
  readonly blue: readonly Sample[];
  readonly #earlier = new Set<Stratum>();

  constructor(samples: readonly Sample[], step: WatchedStep) {
    const once = [...new Map(samples.filter(isUsable).map((sample) => [sample.id, sample])).values()];
    const within = once.filter(({ atMs }) => atMs >= step.sinceMs);
    this.green = within.filter(({ side }) => side === 'green');

    this.blue = STRATA.flatMap((stratum) => {
      const own = once.filter((sample) => sample.side === 'blue' && isOf(sample, stratum));
      const now = own.filter(({ atMs }) => atMs >= step.sinceMs);
      if (now.length > 0 || own.length === 0) return now;
      this.#earlier.add(stratum);
      return own;
    });
  }

  of(side: Side, stratum: Stratum): Sample[] {
    return this[side].filter((sample) => isOf(sample, stratum));
  }

  /** Blue's of this kind are from before the step. */
  isEarlier(stratum: Stratum): boolean {
    return this.#earlier.has(stratum);
  }

  /** The kinds of samples that both sides have. */
  get strata(): Stratum[] {
    return STRATA.filter(
      (stratum) => this.of('green', stratum).length > 0 && this.of('blue', stratum).length > 0,
    );
  }
}

function isOf({ source }: Sample, stratum: Stratum): boolean {
  return (source === 'golden') === (stratum === 'golden');
}

/** A sample of which not even the time is a number says nothing. */
function isUsable({ atMs }: Sample): boolean {
  return Number.isFinite(atMs);
}

/** A figure that is known: NaN and the like are not. */
export function known(value: number | null): number | null {
  return value !== null && Number.isFinite(value) && value >= 0 ? value : null;
}
