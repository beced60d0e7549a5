/** Most steps of a template, after which it is considered endless; real prompts take a few thousand. */
const MAX_STEPS = 1_000_000;
/** Characters of one text that a template makes. */
const MAX_TEXT = 20_000_000;
/** Characters, or items of a list, that count as one step. */
const CHARACTERS_PER_STEP = 64;

/** What a template may still do. Work on long texts and lists costs as much as it takes. */
export class Budget {
  #steps = MAX_STEPS;

  /** Throws Error when the template has done too much. */
  step(count = 1): void {
    this.#steps -= count;
    if (!(this.#steps >= 0)) throw new Error('too many iterations');
  }

  /** Items of a list that is traversed. */
  items(count: number): void {
    this.step(count);
  }

  /** Characters produced or traversed. */
  characters(count: number): void {
    if (!(count <= MAX_TEXT)) throw new Error(`it produces more than ${MAX_TEXT} characters`);
    this.step(1 + count / CHARACTERS_PER_STEP);
  }
}
