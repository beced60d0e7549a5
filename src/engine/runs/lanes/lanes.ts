import { Lane } from './lane.ts';
import type { SharedPlaces } from './places.ts';

/** Whose tasks wait, and in which lane. */
export interface LaneUser {
  readonly name: string;
  readonly lane: string;
}

/** The lanes of a run, by name. Each target has a queue of its own in its lane. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Targets that share a lane share the smallest of their limits; lanes may share places on top. */
  open({ lane: name, name: target }: LaneUser, concurrency: number, places?: SharedPlaces): void {
    const lane = this.#lanes.get(name) ?? new Lane(concurrency, this.#onError, places);
    lane.limit = Math.min(lane.limit, concurrency);
    lane.open(target);
    this.#lanes.set(name, lane);
  }

  push({ lane, name }: LaneUser, task: () => Promise<unknown>): void {
    this.#lanes.get(lane)?.push(task, name);
  }

  /** Nothing more is read for a target. */
  close({ lane, name }: LaneUser): void {
    this.#lanes.get(lane)?.close(name);
  }

  /** Undefined while the target's queue is short; otherwise resolves as soon as it is. */
  room({ lane, name }: LaneUser): Promise<void> | undefined {
    return this.#lanes.get(lane)?.room(name);
  }

  /** Nothing of the target waits for a place. */
  isDrained({ lane, name }: LaneUser): boolean {
    return this.#lanes.get(lane)?.isDrained(name) ?? true;
  }

  /** Resolves when nothing runs and nothing waits. */
  async idle(): Promise<void> {
    await Promise.all([...this.#lanes.values()].map((lane) => lane.idle()));
  }

  /** Drops what has not started; returns how much that was. */
  clear(): number {
    let dropped = 0;
    for (const lane of this.#lanes.values()) dropped += lane.clear();
    return dropped;
  }
}
