/** Most steps of a template, after which it is considered endless; real prompts take a few thousand. */
const MAX_STEPS = 1_000_000;

/** Characters produced or traversed per step. */
const TEXT_PER_STEP = 50;

/** Thrown when a template has taken all its steps. */
export class TooManySteps extends Error {}

/**
 * Counts the cost of rendering: evaluations, loop iterations, elements traversed by filters, and text produced, so
 * that any template reaches the limit in well under a second.
 */
export class TemplateSteps {
  #left = MAX_STEPS;

  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw new TooManySteps('the template has too many iterations');
  }

  /** Charges for traversing a whole string, list or map. */
  spendOn(value: unknown): void {
    if (typeof value === 'string') this.spend(value.length / TEXT_PER_STEP);
    else if (Array.isArray(value)) this.spend(value.length);
    else if (value instanceof Map) this.spend(value.size);
  }
}
