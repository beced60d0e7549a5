import type { Value } from './values.ts';

/** Variables that a template sets, in frames within each other: one for the template, each loop, each macro. */
export class Frame {
  readonly #parent: Frame | undefined;
  /** What is set here does not reach the frames around. */
  readonly #isolated: boolean;
  readonly #variables = new Map<string, Value>();

  constructor(parent?: Frame, isolated = false) {
    this.#parent = parent;
    this.#isolated = isolated;
  }

  /** The nearest value that is not undefined. */
  lookUp(name: string): Value {
    const own = this.#variables.get(name);
    return own === undefined ? this.#parent?.lookUp(name) : own;
  }

  declare(name: string, value: Value): void {
    this.#variables.set(name, value);
  }

  /** Changes the variable where it is, or makes one here. */
  assign(name: string, value: Value): void {
    (this.#holderOf(name) ?? this).declare(name, value);
  }

  #holderOf(name: string): Frame | undefined {
    if (this.#variables.get(name) !== undefined) return this;
    return this.#isolated || !this.#parent ? undefined : this.#parent.#holderOf(name);
  }
}
