import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/engine/ports.ts';
import { ServicesLink } from '../../src/services/servicesLink.ts';

/** Between two attempts to reach the services process, in milliseconds. */
const RETRY_MS = 500;

/** Keeps traces received for a workspace; where the process that does it is killed, another one goes on, on the same port. */
export class LiveReceiver {
  readonly #root: string;
  readonly #ended = new AbortController();
  #port: number;
  #link: ServicesLink | undefined;
  #endpoint = '';

  private constructor(root: string, port: number) {
    this.#root = root;
    this.#port = port;
  }

  static async start(root: string, port: number): Promise<LiveReceiver> {
    const receiver = new LiveReceiver(root, port);
    await receiver.#receive();
    return receiver;
  }

  get endpoint(): string {
    return this.#endpoint;
  }

  async stop(): Promise<void> {
    this.#ended.abort();
    await this.#link?.call('services/stop', {}).catch(() => {});
    this.#link?.close();
  }

  async #receive(): Promise<void> {
    const { signal } = this.#ended;
    const onGone = () => void this.#again();
    const link = await ServicesLink.attach(
      this.#root,
      { client: 'terminal', clock: systemClock, onGone },
      signal,
    );
    this.#link = link;
    const { receiver } = await link.call('services/receive', {
      ...{ on: true, port: this.#port, keep: false, requireToken: false },
    });
    if (receiver.state !== 'receiving') throw new Error('traces cannot be received');
    this.#port = receiver.port;
    this.#endpoint = receiver.endpoint;
  }

  async #again(): Promise<void> {
    while (!this.#ended.signal.aborted) {
      await sleep(RETRY_MS);
      const isReceiving = await this.#receive().then(
        () => true,
        () => false,
      );
      if (isReceiving) return;
    }
  }
}
