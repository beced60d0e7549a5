/** Work that waits for earlier work under the same name, in the order in which it was asked for. */
export class InTurn {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Resolves and rejects as `work` does; what fails holds nobody up. */
  run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name) ?? Promise.resolve();
    const own = before.then(work, work);
    this.#last.set(name, own);
    const forget = (): void => {
      if (this.#last.get(name) === own) this.#last.delete(name);
    };
    own.then(forget, forget);
    return own;
  }
}
