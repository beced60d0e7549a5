import type { AlertChannel } from '../../model/alertRule.ts';
import type { Random } from '../../ports.ts';
import { isFiring } from './alertGroup.ts';
import type { AlertNotice } from './alertNotice.ts';
import type { AlertStore } from './alertStore.ts';
import { RESEND_MS } from './channels/alertmanager.ts';
import type { Channel, Sent } from './channels/channel.ts';
import { type ChannelPorts, openChannel } from './channels/openChannel.ts';

/** Wait before the first new attempt; it doubles up to the longest. In milliseconds. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 300_000;
const SENT_AT_ONCE = 50;

interface ChannelRun {
  channel: AlertChannel;
  client: Channel;
  /** On the monotonic scale: nothing is sent before. */
  notBefore: number;
  failures: number;
  /** What fires was told again, on the monotonic scale. */
  repeatedAt: number | null;
  sending: Promise<void> | undefined;
  /** Its channel was changed or removed: what is on its way is the last that it sends. */
  isRetired: boolean;
}

/**
 * Sends what is in the outbox: each channel for itself and in order, so that one that hangs keeps no other waiting, and nothing is told as
 * over before it was told. What was sent is taken out only then: a crash in between sends it again, under the same key.
 */
export class AlertDelivery {
  readonly #store: AlertStore;
  readonly #ports: ChannelPorts & { random: Random };
  readonly #runs = new Map<string, ChannelRun>();
  readonly #closed = new AbortController();

  constructor(store: AlertStore, ports: ChannelPorts & { random: Random }) {
    this.#store = store;
    this.#ports = ports;
  }

  /** Begins to send what can be sent now; returns at once. `onBug` hears of what is nobody’s fault but ours. */
  begin(channels: readonly AlertChannel[], onBug: (error: unknown) => void): void {
    this.#settle(channels);
    const now = this.#ports.clock.monotonic();
    for (const run of this.#runs.values()) {
      if (run.sending || run.isRetired || run.notBefore > now) continue;
      run.sending = this.#send(run)
        .catch((error: unknown) => {
          if (!this.#closed.signal.aborted) onBug(error);
        })
        .finally(() => {
          run.sending = undefined;
        });
    }
  }

  /** Resolves once nothing is being sent. */
  async idle(): Promise<void> {
    await Promise.all([...this.#runs.values()].map(({ sending }) => sending));
  }

  async close(): Promise<void> {
    this.#closed.abort('closed');
    await this.idle();
  }

  /**
   * Channels that are new or changed are opened; what waits for one that is gone is given up. What is on its way ends first: it would be
   * sent to the former address and to the new one.
   */
  #settle(channels: readonly AlertChannel[]): void {
    const names = new Set(channels.map(({ name }) => name));
    for (const [name, run] of this.#runs) {
      run.isRetired ||= !channels.some((channel) => isSame(channel, run.channel));
      if (run.isRetired && !run.sending) this.#runs.delete(name);
    }

    for (const channel of channels) {
      if (this.#runs.has(channel.name)) continue;
      const client = openChannel(channel, this.#ports);
      this.#runs.set(channel.name, {
        ...{ channel, client, notBefore: 0, failures: 0, repeatedAt: null },
        ...{ sending: undefined, isRetired: false },
      });
    }
    for (const name of this.#store.waitingChannels)
      if (!names.has(name) && !this.#runs.has(name)) this.#giveUp(name);
  }

  #giveUp(name: string): void {
    const now = this.#ports.clock.now();
    for (const { id } of this.#store.waiting(name, SENT_AT_ONCE))
      this.#store.settle(name, id, { sent: false, problem: 'the channel was removed' }, now);
  }

  async #send(run: ChannelRun): Promise<void> {
    const { name } = run.channel;
    const { signal } = this.#closed;
    for (;;) {
      const waiting = this.#store.waiting(name, SENT_AT_ONCE);
      for (const { id, notice } of waiting) {
        const sent = await run.client.send(notice, signal);
        signal.throwIfAborted();
        if (!this.#note(run, sent)) return;
        const problem = sent.status === 'sent' ? null : `refused: ${sent.reason}`;
        this.#store.settle(name, id, { sent: sent.status === 'sent', problem }, this.#ports.clock.now());
        if (run.isRetired) return;
      }
      if (waiting.length < SENT_AT_ONCE) break;
    }
    await this.#repeat(run);
  }

  /** Only where nothing waits: what was not told yet cannot be told again. */
  async #repeat(run: ChannelRun): Promise<void> {
    const { clock, resendMs = RESEND_MS } = this.#ports;
    const now = clock.monotonic();
    if (!run.client.repeat || (run.repeatedAt !== null && now - run.repeatedAt < resendMs)) return;
    const firing = this.#firing(run.channel.name);
    run.repeatedAt = now;
    if (firing.length === 0) return;

    const sent = await run.client.repeat(firing, this.#closed.signal);
    this.#closed.signal.throwIfAborted();
    if (this.#note(run, sent))
      this.#store.setProblem(
        run.channel.name,
        sent.status === 'sent' ? null : sent.reason,
        this.#ports.clock.now(),
      );
    else run.repeatedAt = null;
  }

  /** What fires and was told to this channel, as it is now. */
  #firing(channel: string): AlertNotice[] {
    return this.#store.groups().flatMap(({ group }) => {
      const { announced, traces, value, samples } = group;
      if (!isFiring(group) || !announced?.channels.includes(channel)) return [];
      return [{ ...announced.notice, traces, value, samples }];
    });
  }

  /** Whether to go on: after a failure the channel rests for a while, and longer each time. */
  #note(run: ChannelRun, sent: Sent): boolean {
    const { clock, random, resendMs = RESEND_MS } = this.#ports;
    if (sent.status !== 'failed') {
      run.failures = 0;
      return true;
    }

    // Who takes what fires for over when it hears nothing is asked as often as it would be told.
    const longest = run.client.repeat ? resendMs : LONGEST_WAIT_MS;
    const limit = Math.min(longest, FIRST_WAIT_MS * 2 ** run.failures);
    const asked = Math.min(sent.retryAfterMs ?? 0, LONGEST_WAIT_MS);
    run.failures += 1;
    run.notBefore = clock.monotonic() + Math.max(asked, limit * (0.5 + random.next() / 2));
    this.#store.setProblem(run.channel.name, sent.reason, clock.now());
    return false;
  }
}

function isSame(a: AlertChannel, b: AlertChannel): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
