import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { ProviderMessage, ProviderProcessOptions } from '../../support/provider/providerProcess.ts';

const file = path.join(import.meta.dirname, '..', '..', 'support', 'provider', 'providerProcess.ts');

/** A provider that does not share our core. */
export class ProviderChild {
  readonly baseUrl: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, baseUrl: string) {
    this.#child = child;
    this.baseUrl = baseUrl;
  }

  static async start(options: ProviderProcessOptions): Promise<ProviderChild> {
    const child = fork(file, [JSON.stringify(options)]);
    const [message] = (await once(child, 'message')) as [ProviderMessage];
    if (!('baseUrl' in message)) throw new Error('the provider did not say where it is');
    return new ProviderChild(child, message.baseUrl);
  }

  /** Answers by status so far, and when each call was admitted, in milliseconds from its start. */
  async seen(): Promise<{ counts: ReadonlyMap<number, number>; admittedAt: readonly number[] }> {
    this.#child.send('counts');
    const [message] = (await once(this.#child, 'message')) as [ProviderMessage];
    if (!('counts' in message)) throw new Error('the provider did not say what it counted');
    return { counts: new Map(message.counts), admittedAt: message.admittedAt };
  }

  stop(): void {
    this.#child.kill();
  }
}
