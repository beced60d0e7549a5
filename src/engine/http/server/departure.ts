import type { ServerResponse } from 'node:http';

/** One for all: an exception of its own, with its stack, would cost as much as a short reply. */
const GONE = new Error('the client has gone');

/** Whether a client is still there. Its signal is made for who asks for it: it costs as much as reading a head. */
export class Departure {
  #controller: AbortController | undefined;
  #isGone = false;

  constructor(outgoing: ServerResponse) {
    outgoing.once('close', () => {
      this.#isGone = true;
      this.#controller?.abort(GONE);
    });
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** Aborted when it goes. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#isGone) this.#controller.abort(GONE);
    return this.#controller.signal;
  }
}
