/** One place where a template reads a variable that is given from outside. */
export interface TemplateUse {
  name: string;
  /** UTF-16 offset of the name in the template. */
  offset: number;
  /** The template has an answer for a missing value: `default`, `is defined`, `if`. */
  guarded: boolean;
}

/** A template is malformed, or cannot be rendered with the values given; `offset` is the place in it. */
export class TemplateFault extends Error {
  readonly offset: number;
  /** Set when a value is missing: its name as the template writes it, e.g. `order.id`. */
  readonly missing: string | undefined;

  constructor(message: string, offset: number, missing?: string) {
    super(message);
    this.name = 'TemplateFault';
    this.offset = offset;
    this.missing = missing;
  }
}
