import { UserError } from '../engine/errors.ts';
import type { Clock, Log, Secrets } from '../engine/ports.ts';
import { CallFailure } from '../protocol/callFailure.ts';
import { ConnectionLostError } from '../protocol/connectionLostError.ts';
import type { GatewayStart } from '../protocol/gatewayParams.ts';
import type { ReceiverStart, ServicesState } from '../protocol/receiverCalls.ts';
import type { EndReason, ServicesStatus } from '../protocol/servicesCalls.ts';
import { ServicesLink } from '../services/servicesLink.ts';
import { stopServices } from '../services/stopServices.ts';
import { VERSION } from '../version.ts';
import type { Session } from './session.ts';
import { WindowKeys } from './windowKeys.ts';

export interface AttachmentOptions {
  /** Real path of the workspace. */
  root: string;
  clock: Clock;
  log: Log;
  /** The window's; undefined where it has none. */
  secrets?: Secrets | undefined;
  onChange(state: ServicesState): void;
}

/** The wait before the process is started again, in milliseconds; each further one is twice as long, up to the last. */
const FIRST_WAIT_MS = 100;
const LAST_WAIT_MS = 2_000;
/** Starts in a row that come to nothing, after which a person must say so. */
const MAX_FAILURES = 5;

/** A window's connection to the services process. Where the process is killed, it is started again and receives as before. */
export class ServicesAttachment {
  readonly #options: AttachmentOptions;
  readonly #closed = new AbortController();
  #state: ServicesState = { state: 'detached' };
  #link: ServicesLink | undefined;
  #attaching: Promise<ServicesLink> | undefined;
  /** What this window wants received; undefined where it does not, or somebody has switched it off. */
  #wish: ReceiverStart | undefined;
  readonly #keys: WindowKeys;

  constructor(options: AttachmentOptions) {
    this.#options = options;
    this.#keys = new WindowKeys({
      secrets: options.secrets,
      log: options.log,
      give: async (keys) => {
        if (this.#link) this.#show(await this.#link.call('gateway/keys', { keys: [...keys] }));
      },
    });
  }

  get state(): ServicesState {
    return this.#state;
  }

  /** Rejects with UserError or CallFailure where it cannot be started, or cannot listen there. */
  async start(wish: ReceiverStart, signal: AbortSignal): Promise<ServicesState> {
    try {
      const link = await this.#attach();
      signal.throwIfAborted();
      this.#show(await link.call('services/receive', { on: true, ...wish }, signal));
      this.#wish = wish;
      return this.#state;
    } catch (error) {
      if (!this.#link && !signal.aborted) this.#fail(error);
      throw error;
    }
  }

  async stop(): Promise<ServicesState> {
    this.#wish = undefined;
    if (this.#link) this.#show(await this.#link.call('services/receive', { on: false }));
    return this.#state;
  }

  /** Attaches where the process runs already. */
  async look(): Promise<ServicesState> {
    if (this.#link || this.#attaching) return this.#state;
    const { root, log } = this.#options;
    try {
      const link = await ServicesLink.find(root, this.#linkOptions());
      if (link && !this.#link) await this.#take(link);
    } catch (error) {
      log.write('debug', `the services process was not attached to: ${messageOf(error)}`);
    }
    return this.#state;
  }

  /** Rejects with UserError or CallFailure where it cannot be started, or cannot listen there. */
  async startGateway(wish: GatewayStart, signal: AbortSignal): Promise<ServicesState> {
    this.#keys.askAgain();
    try {
      return await this.ask((link) => link.call('gateway/start', wish, signal));
    } catch (error) {
      if (!this.#link && !signal.aborted) this.#fail(error);
      throw error;
    }
  }

  /** Asks the process, which is started where there is none. */
  async ask(ask: (link: ServicesLink) => Promise<ServicesStatus>): Promise<ServicesState> {
    this.#show(await ask(await this.#attach()));
    return this.#state;
  }

  /** Likewise, for what is not its status. */
  async read<T>(ask: (link: ServicesLink) => Promise<T>): Promise<T> {
    return ask(await this.#attach());
  }

  async end(): Promise<ServicesState> {
    this.#wish = undefined;
    await stopServices(this.#options.root, this.#options.clock);
    this.#change({ state: 'detached' });
    return this.#state;
  }

  close(): void {
    this.#closed.abort('closed');
    this.#link?.close();
    this.#link = undefined;
  }

  /** One at a time. */
  #attach(): Promise<ServicesLink> {
    if (this.#link) return Promise.resolve(this.#link);
    this.#attaching ??= this.#attachNow().finally(() => {
      this.#attaching = undefined;
    });
    return this.#attaching;
  }

  async #attachNow(): Promise<ServicesLink> {
    this.#change({ state: 'attaching' });
    const link = await ServicesLink.attach(this.#options.root, this.#linkOptions(), this.#closed.signal);
    return this.#take(link);
  }

  #linkOptions() {
    return {
      client: 'window' as const,
      clock: this.#options.clock,
      onStatus: (status: ServicesStatus) => this.#show(status),
      onGone: (reason: EndReason | null) => this.#gone(reason),
    };
  }

  async #take(link: ServicesLink): Promise<ServicesLink> {
    if (link.isGone) throw new ConnectionLostError('services/hello');
    if (link.version !== VERSION)
      this.#options.log.write(
        'info',
        `the services process is version ${link.version}, and this is version ${VERSION}`,
      );
    this.#link = link;
    // What it goes on with, a window that finds it has not heard of.
    this.#show(await link.call('services/status', {}));
    return link;
  }

  #show(status: ServicesStatus): void {
    const before = this.#state.state === 'attached' && this.#state.status.receiver.state === 'receiving';
    // Somebody has switched it off, here or elsewhere.
    if (before && status.receiver.state === 'off') this.#wish = undefined;
    this.#change({ state: 'attached', status });
    this.#keys.offer(status);
  }

  #gone(reason: EndReason | null): void {
    // While it is being attached to, whoever attaches hears of it.
    if (!this.#link || this.#closed.signal.aborted) return;
    this.#link = undefined;
    if (reason === 'asked' || reason === 'idle') {
      this.#wish = undefined;
      this.#change({ state: 'detached' });
      return;
    }

    this.#options.log.write('warn', 'the services process was killed, and is started again');
    void this.#recover();
  }

  async #recover(): Promise<void> {
    const { clock, log } = this.#options;
    const { signal } = this.#closed;
    for (let failures = 0; !signal.aborted; failures += 1) {
      this.#change({ state: 'attaching' });
      await clock.sleep(Math.min(FIRST_WAIT_MS * 2 ** failures, LAST_WAIT_MS), signal).catch(() => {});
      if (signal.aborted || this.#link) return;

      try {
        await this.#attach();
        await this.#receiveAgain();
        return;
      } catch (error) {
        if (signal.aborted || this.#link) return;
        log.write('warn', `the services process could not be started again: ${messageOf(error)}`);
        if (failures + 1 >= MAX_FAILURES) return this.#fail(error);
      }
    }
  }

  /** It knows by its lease what it received; what the lease did not survive is told again. */
  async #receiveAgain(): Promise<void> {
    if (!this.#wish || !this.#link) return;
    try {
      this.#show(await this.#link.call('services/receive', { on: true, ...this.#wish }));
    } catch (error) {
      // Killed again: that is dealt with by whoever hears of its end. A taken port is shown by the state.
      if (!(error instanceof ConnectionLostError || error instanceof CallFailure)) throw error;
    }
  }

  #fail(error: unknown): void {
    const remedy = error instanceof UserError ? (error.remedy ?? '') : '';
    this.#change({ state: 'failed', message: messageOf(error), remedy });
  }

  #change(state: ServicesState): void {
    this.#state = state;
    if (!this.#closed.signal.aborted) this.#options.onChange(state);
  }
}

/** One a window, made when it is first asked for. */
export function servicesAttachmentOf(session: Session): () => ServicesAttachment {
  let known: ServicesAttachment | undefined;
  return () => {
    if (known) return known;
    const opened = new ServicesAttachment({
      root: session.root,
      clock: session.ports.clock,
      log: session.log,
      secrets: session.secrets,
      onChange: (state) => session.tell('receiver/changed', state),
    });
    session.onClose(async () => opened.close());
    known = opened;
    return opened;
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
