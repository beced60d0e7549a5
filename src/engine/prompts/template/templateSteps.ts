/** Steps after which a template is taken for one that does not end; real prompts need a few thousand. */
const MAX_STEPS = 1_000_000;

/** Characters that are built or gone through in one step. */
const TEXT_PER_STEP = 50;

/** Thrown when a template has taken all its steps. */
export class TooManySteps extends Error {}

/**
 * Counts what rendering costs: what is evaluated, turns of loops, elements that a filter goes through, and the texts
 * that are built, so that the last step is reached in well under a second whatever the template says.
 */
export class TemplateSteps {
  #left = MAX_STEPS;

  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw new TooManySteps('the template has too many iterations');
  }

  /** Charges for a value that is gone through as a whole: a text, a list, a map. */
  spendOn(value: unknown): void {
    if (typeof value === 'string') this.spend(value.length / TEXT_PER_STEP);
    else if (Array.isArray(value)) this.spend(value.length);
    else if (value instanceof Map) this.spend(value.size);
  }
}
