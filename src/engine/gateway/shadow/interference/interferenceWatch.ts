import type { Clock, Random } from '../../../ports.ts';
import { Sample } from '../../../statistics/quantiles.ts';
import {
  type HarmlessEvidence,
  HarmlessTest,
  type SlowdownEvidence,
  SlowdownTest,
} from '../../../statistics/slowdown.ts';
import type { FinishedExchange } from '../../exchange/finishedExchange.ts';
import type { Interference, SliceLatency } from '../../gatewayStatus.ts';
import { type Block, type Slice, TimeSlices } from './timeSlices.ts';

/** A slower primary is told at this level, over the whole life of a shadow. */
const TRIPS_AT = 0.01;
/** Copies are known to be harmless when a slowdown of this much is excluded at this level. */
const HARMFUL = 0.2;
const HARMLESS_AT = 0.05;
/** Of one slice, and of each kind for the figures shown. */
const MOST_VALUES = 500;
const SHOWN_VALUES = 2_000;
/** A later process begins with so many of them. */
const KEPT_VALUES = 100;

/** A finished request, in milliseconds; Infinity where it brought nothing. */
interface Latency {
  wholeMs: number;
  firstContentMs: number | null;
}

/** What a watch has found; a later one goes on from there. */
export interface KeptInterference {
  slowdown: SlowdownEvidence;
  harmless: HarmlessEvidence;
  /** The last requests with copies and without, for the figures that are shown. */
  on: KeptLatencies;
  off: KeptLatencies;
}

interface KeptLatencies {
  requests: number;
  /** Milliseconds, the oldest first. */
  values: readonly number[];
}

/** Whether copies make the requests of a route's own clients slower: draws the slices of time, and compares them. */
export class InterferenceWatch {
  readonly #slices: TimeSlices;
  readonly #slowdown: SlowdownTest;
  readonly #harmless: HarmlessTest;
  readonly #measured = new Map<Slice, MeasuredSlice>();
  readonly #blocks: Block[] = [];
  readonly #shown: { on: RecentLatencies; off: RecentLatencies };

  /** `copyMs`: how long copies usually take; null while that is unknown. `before`: what an earlier process has found. */
  constructor(
    ports: { clock: Clock; random: Random; copyMs: () => number | null },
    before: KeptInterference | null = null,
  ) {
    this.#slowdown = new SlowdownTest({ measures: 2 }, before?.slowdown);
    this.#harmless = new HarmlessTest(HARMFUL, before?.harmless);
    this.#shown = { on: new RecentLatencies(before?.on), off: new RecentLatencies(before?.off) };
    this.#slices = new TimeSlices({
      ...ports,
      isHarmless: () => this.#harmless.p <= HARMLESS_AT,
      onBlock: (block) => {
        this.#blocks.push(block);
        for (const slice of block.slices) this.#measured.set(slice, new MeasuredSlice());
      },
    });
  }

  /** A request begins. Whatever becomes of it, `end` is to be called exactly once. */
  begin(): { kind: 'on' | 'off'; end(exchange: FinishedExchange): void } {
    const { kind, slice } = this.#slices.place();
    const measured = slice && this.#measured.get(slice);
    if (!measured) return { kind, end: () => {} };

    measured.pending += 1;
    return {
      kind,
      end: (exchange) => {
        measured.pending -= 1;
        const latency = latencyOf(exchange);
        if (latency) {
          measured.add(latency);
          this.#shown[kind].add(latency.wholeMs);
        }
        this.#compare();
      },
    };
  }

  /** For how long no copy may be made, at most; 0 where copies may be. */
  get offMs(): number {
    return this.#slices.offMs;
  }

  figures(): Interference {
    return {
      on: this.#shown.on.figures(),
      off: this.#shown.off.figures(),
      p: this.#slowdown.p,
      isTripped: this.isTripped,
    };
  }

  get kept(): KeptInterference {
    const { on, off } = this.#shown;
    return {
      ...{ slowdown: this.#slowdown.evidence, harmless: this.#harmless.evidence },
      ...{ on: on.kept, off: off.kept },
    };
  }

  get isTripped(): boolean {
    return (this.#slowdown.p ?? 1) <= TRIPS_AT;
  }

  /** Takes the blocks of which everything is known, in the order in which they were begun. */
  #compare(): void {
    for (;;) {
      const [block] = this.#blocks;
      if (!block?.slices.every((slice) => slice.isOver && this.#measured.get(slice)?.pending === 0)) return;

      this.#blocks.shift();
      const on = this.#take(block, 'on');
      const off = this.#take(block, 'off');
      const whole = { on: on.whole, off: off.whole };
      this.#slowdown.add([whole, { on: on.firstContent, off: off.firstContent }]);
      this.#harmless.add(whole);
    }
  }

  #take(block: Block, kind: 'on' | 'off'): MeasuredSlice {
    const slice = block.slices.find((one) => one.kind === kind);
    const measured = slice && this.#measured.get(slice);
    if (slice) this.#measured.delete(slice);
    return measured ?? new MeasuredSlice();
  }
}

class MeasuredSlice {
  pending = 0;
  readonly whole: number[] = [];
  readonly firstContent: number[] = [];

  add({ wholeMs, firstContentMs }: Latency): void {
    if (this.whole.length < MOST_VALUES) this.whole.push(wholeMs);
    if (firstContentMs !== null && this.firstContent.length < MOST_VALUES)
      this.firstContent.push(firstContentMs);
  }
}

/** Failed requests have no latency to show. */
class RecentLatencies {
  /** The newest come last. */
  readonly #values: number[];
  #requests: number;

  constructor({ requests, values }: KeptLatencies = { requests: 0, values: [] }) {
    this.#values = [...values];
    this.#requests = requests;
  }

  get kept(): KeptLatencies {
    const values = this.#values.slice(-KEPT_VALUES).map((ms) => Math.round(ms * 10) / 10);
    return { requests: this.#requests, values };
  }

  add(ms: number): void {
    if (!Number.isFinite(ms)) return;
    this.#values.push(ms);
    this.#requests += 1;
    if (this.#values.length > SHOWN_VALUES) this.#values.shift();
  }

  figures(): SliceLatency {
    const sample = new Sample();
    for (const value of this.#values) sample.add(value);
    return { requests: this.#requests, p50Ms: sample.quantile(0.5), p99Ms: sample.quantile(0.99) };
  }
}

/** Null where it says nothing about the upstream's speed: the client left, or its request was refused as wrong. */
function latencyOf({ ending, status, durationMs, firstContentMs, source }: FinishedExchange): Latency | null {
  if (source === 'cache' || ending === 'left') return null;

  const isFailed = ending !== 'done' || status === null || status >= 500 || status === 429;
  if (isFailed) return { wholeMs: Number.POSITIVE_INFINITY, firstContentMs: Number.POSITIVE_INFINITY };
  return status >= 400 ? null : { wholeMs: durationMs, firstContentMs };
}
