import { Lane } from './lane.ts';
import type { SharedPlaces } from './places.ts';

/** The lanes of a run, by name. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Targets that share a lane share the smallest of their limits; lanes may share places on top. */
  open(name: string, concurrency: number, places?: SharedPlaces): void {
    const known = this.#lanes.get(name);
    const limit = Math.min(known?.limit ?? concurrency, concurrency);
    this.#lanes.set(name, new Lane(limit, this.#onError, places));
  }

  push(name: string, task: () => Promise<unknown>): void {
    this.#lanes.get(name)?.push(task);
  }

  /** Undefined while every queue is short; otherwise resolves as soon as they are. */
  room(): Promise<void> | undefined {
    for (const lane of this.#lanes.values()) {
      const room = lane.room();
      if (room) return room.then(() => this.room());
    }
    return undefined;
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
