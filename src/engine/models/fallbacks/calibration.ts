import { counted, formatPercent as percent } from '../../model/figures.ts';
import { upperBoundOfNone } from '../../statistics/exactUpper.ts';
import { type Place, similarity } from './likeness.ts';

/** A case of the golden dataset, as the semantic cache would see its question. */
export interface CalibrationCase {
  id: string;
  /** Only cases of one partition could answer for each other. */
  partition: string;
  place: Place;
  /** Hash of what the case expects; undefined where it expects nothing that could be compared. */
  expected: string | undefined;
  /** Cases that share a source. */
  cluster?: string | undefined;
}

/** `bound`: the share of wrong hits is at most this, with 95 % confidence, as shown by so many independent hits. */
export type Calibration =
  | { on: true; threshold: number; hits: number; bound: number }
  | { on: false; reason: string };

/**
 * Thresholds that are tried. They are fixed beforehand and each is held to 1/8 of the error that is allowed in all
 * (Bonferroni), so that choosing the best of them does not spoil the bound.
 */
const THRESHOLDS = [0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99];
const ERROR = 0.05;
/** Pairs between two pauses in which others get their turn. */
const PAUSE = 20_000;

/**
 * Finds from which likeness on an answer may stand for another one: the lowest threshold that no pair of cases with
 * different expectations reaches, and under which enough hits are right. Each case is asked among the others; hits that
 * hang together (through each other, or a cluster) count as one, because they are not independent. Off where the bound
 * cannot be shown. `pause` lets others run.
 */
export async function calibrate(
  cases: readonly CalibrationCase[],
  maxWrong: number,
  pause: () => Promise<void>,
): Promise<Calibration> {
  const known = cases.filter(({ expected }) => expected !== undefined);
  const { differing, hits } = await comparePairs(known, pause);
  if (!differing) return off(nothingDiffers(cases.length, known.length));

  let best = { hits: 0, bound: 1 };
  for (const threshold of THRESHOLDS) {
    if (threshold <= differing.similarity) continue;

    const shown = independentHits(known, hits, threshold);
    const bound = upperBoundOfNone(shown, 1 - ERROR / THRESHOLDS.length);
    if (bound <= maxWrong) return { on: true, threshold, hits: shown, bound };
    if (bound < best.bound) best = { hits: shown, bound };
  }

  return off(tooFew(differing, best, maxWrong));
}

/** A case and the one of the others that is most like it. */
interface Hit {
  of: number;
  by: number;
  similarity: number;
}

interface Pairs {
  /** The two most similar cases that expect different things. */
  differing: { ids: [string, string]; similarity: number } | undefined;
  hits: readonly Hit[];
}

async function comparePairs(cases: readonly CalibrationCase[], pause: () => Promise<void>): Promise<Pairs> {
  let differing: Pairs['differing'];
  let compared = 0;
  const nearest = new Map<number, Hit>();
  const note = (of: number, by: number, value: number): void => {
    if (value > (nearest.get(of)?.similarity ?? -1)) nearest.set(of, { of, by, similarity: value });
  };

  for (const group of Map.groupBy(cases.keys(), (at) => cases[at]?.partition).values())
    for (const [index, first] of group.entries())
      for (const second of group.slice(index + 1)) {
        const [a, b] = [cases[first], cases[second]];
        if (!a || !b) continue;

        const value = similarity(a.place, b.place);
        note(first, second, value);
        note(second, first, value);
        if (a.expected !== b.expected && value > (differing?.similarity ?? -1))
          differing = { ids: [a.id, b.id], similarity: value };

        compared += 1;
        if (compared % PAUSE === 0) await pause();
      }

  return { differing, hits: [...nearest.values()] };
}

/** Groups of cases that are joined by a hit, or a cluster, and hold a hit. */
function independentHits(cases: readonly CalibrationCase[], hits: readonly Hit[], threshold: number): number {
  const groups = new Groups(cases.length);
  const clusters = new Map<string, number>();
  for (const [at, { cluster }] of cases.entries()) {
    if (cluster === undefined) continue;
    groups.join(at, clusters.get(cluster) ?? at);
    clusters.set(cluster, at);
  }

  const reached = hits.filter((hit) => hit.similarity >= threshold);
  for (const { of, by } of reached) groups.join(of, by);
  return new Set(reached.map(({ of }) => groups.of(of))).size;
}

/** Disjoint sets of the numbers from 0. */
class Groups {
  readonly #parents: number[];

  constructor(size: number) {
    this.#parents = Array.from({ length: size }, (_, at) => at);
  }

  of(member: number): number {
    let root = member;
    for (let parent = this.#parents[root]; parent !== undefined && parent !== root; ) {
      root = parent;
      parent = this.#parents[root];
    }
    this.#parents[member] = root;
    return root;
  }

  join(a: number, b: number): void {
    this.#parents[this.of(a)] = this.of(b);
  }
}

function off(reason: string): Calibration {
  return { on: false, reason };
}

function nothingDiffers(all: number, known: number): string {
  if (known < 2)
    return `${counted(known, 'case')} of ${all} with an expected output: at least 2 are needed to compare`;
  return 'no two cases that differ in their last message alone expect different outputs, so nothing shows where a similar question needs another answer';
}

function tooFew(
  { ids: [a, b], similarity: value }: NonNullable<Pairs['differing']>,
  { hits, bound }: { hits: number; bound: number },
  maxWrong: number,
): string {
  const nearest = `the cases '${a}' and '${b}' expect different outputs and are ${percent(value)} alike`;
  if (value >= (THRESHOLDS.at(-1) ?? 1)) return nearest;

  const needed = Math.ceil(Math.log(ERROR / THRESHOLDS.length) / Math.log1p(-maxWrong));
  return `${counted(hits, 'independent pair')} of similar cases with the same expected output ${hits === 1 ? 'shows' : 'show'} at most ${percent(bound)} wrong answers, which is more than max_wrong (${percent(maxWrong)}); ${Number.isFinite(needed) ? `${needed} pairs would do` : 'no number of pairs shows 0 %'} (${nearest})`;
}
