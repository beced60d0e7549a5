import { noSpan, type Random } from '../../../src/engine/ports.ts';
import { memoryLedger } from '../../../src/engine/resilience/budget/memoryLedger.ts';
import { decide } from '../../../src/engine/resilience/classify.ts';
import type { Attempted, Guard, Outcome } from '../../../src/engine/resilience/guard.ts';
import { ProviderGuards } from '../../../src/engine/resilience/providerGuards.ts';
import { VirtualClock } from '../../../src/engine/simulate/virtualClock.ts';
import { seededRandom } from '../../support/seededRandom.ts';
import { LedgerOfProcess } from './ledgerOfProcess.ts';
import { Observer } from './observer.ts';
import { type Reply, ScriptedProvider } from './scriptedProvider.ts';
import { type CallPlan, drawWorld, type WorldPlan } from './worldPlan.ts';

export interface WorldReport {
  seed: number;
  violations: string[];
  calls: number;
  /** How calls ended. */
  ends: { [end: string]: number };
}

/** One world from its seed: the layer as it is, on a clock of its own, with providers that fail in every way. */
export async function simulateWorld(seed: number): Promise<WorldReport> {
  const random = seededRandom(seed);
  const world = new World(drawWorld(seed, random), random);
  return world.run();
}

/** One process with its own guards, on the ledger that it shares with others. */
interface Process {
  number: number;
  guards: ProviderGuards;
  /** Aborted when it ends: then nobody waits for its calls any more. */
  ended: AbortController;
}

class World {
  readonly #plan: WorldPlan;
  readonly #random: () => number;
  readonly #clock: VirtualClock;
  readonly #providers: ScriptedProvider[];
  readonly #observer: Observer;
  readonly #ledger = memoryLedger();
  readonly #ends = new Map<string, number>();
  #process: Process;

  constructor(plan: WorldPlan, random: () => number) {
    this.#plan = plan;
    this.#random = random;
    // Who comes first within one moment is drawn, too.
    this.#clock = new VirtualClock({ start: 1_700_000_000_000, tie: random });
    this.#providers = plan.providers.map((provider) => new ScriptedProvider(provider, random));
    this.#observer = new Observer(plan);
    this.#process = this.#startProcess(1, plan.crashAtWrite);
  }

  async run(): Promise<WorldReport> {
    const { seed, calls } = this.#plan;
    try {
      await this.#clock.run(async () => {
        await Promise.all(calls.map((call) => this.#callAt(call)));
        this.#checkRest();
      });
    } catch (error) {
      this.#observer.violations.push(
        error instanceof Error ? `${error.message}\n${error.stack}` : String(error),
      );
    }
    return {
      seed,
      violations: this.#observer.violations,
      calls: calls.length,
      ends: Object.fromEntries(this.#ends),
    };
  }

  #startProcess(number: number, crashAtWrite: number | null): Process {
    const ended = new AbortController();
    const ends = crashAtWrite === null ? null : { atWrite: crashAtWrite, before: this.#random() < 0.5 };
    const ledger = new LedgerOfProcess(this.#ledger, ends, () => {
      ended.abort('ended');
      this.#process = this.#startProcess(number + 1, null);
    });

    const chance: Random = { next: this.#random, hex: (bytes) => '0'.repeat(bytes * 2) };
    const guards = new ProviderGuards({ clock: this.#clock, random: chance });
    guards.pools.configure(this.#plan.pools, () => ledger);
    return { number, guards, ended };
  }

  /** A process that ends takes its calls with it. */
  async #callAt(call: CallPlan): Promise<void> {
    await this.#clock.sleep(call.atMs);
    const process = this.#process;
    const end = await Promise.race([this.#call(call, process), endOf(process)]);
    this.#ends.set(end, (this.#ends.get(end) ?? 0) + 1);
  }

  async #call(call: CallPlan, process: Process): Promise<string> {
    const caller = new AbortController();
    if (call.leaveMs !== null)
      this.#clock.sleep(call.leaveMs).then(
        () => caller.abort(new Error('left')),
        () => {},
      );

    const made = new CallOfWorld(call, process, {
      clock: this.#clock,
      observer: this.#observer,
      provider: this.#providerOf(call),
      random: this.#random,
    });
    const end = await made.run(this.#guardOf(call, process), caller.signal);
    if (!process.ended.signal.aborted) this.#observer.ended(call, made, this.#clock.monotonic());
    return end;
  }

  #guardOf(call: CallPlan, { guards }: Process): Guard {
    const { name, resilience, maxConcurrency } = this.#providerOf(call).plan;
    return guards.of({ provider: name, origin: name, credential: [], resilience, maxConcurrency });
  }

  #providerOf({ provider }: CallPlan): ScriptedProvider {
    const found = this.#providers[provider];
    if (!found) throw new Error(`no provider ${provider}`);
    return found;
  }

  #checkRest(): void {
    const { providers, pools } = this.#process.guards.health();
    for (const { provider, calls } of providers)
      this.#observer.atRest(provider, {
        'calls under way': calls.underWay,
        'calls that wait': calls.waiting,
      });
    for (const { pool, concurrency, queue } of pools)
      this.#observer.atRest(`the pool ${pool}`, {
        'calls under way': concurrency.underWay,
        'calls that wait': queue.waiting,
      });
  }
}

interface Surroundings {
  clock: VirtualClock;
  observer: Observer;
  provider: ScriptedProvider;
  random: () => number;
}

/** One call, from whoever makes it to its end. */
class CallOfWorld {
  readonly #call: CallPlan;
  readonly #process: Process;
  readonly #at: Surroundings;
  attempts = 0;
  putOff = 0;
  #handedOn = false;
  #leavePool: (() => void) | undefined;

  constructor(call: CallPlan, process: Process, surroundings: Surroundings) {
    this.#call = call;
    this.#process = process;
    this.#at = surroundings;
  }

  async run(guard: Guard, signal: AbortSignal): Promise<string> {
    const { pool, caller, timeoutMs, tokens } = this.#call;
    const request = {
      pool,
      caller,
      signal,
      timeoutMs,
      span: noSpan,
      estimate: () => ({ tokens: tokens.most, costUsd: null }),
    };
    try {
      const answered = await guard.open(request, (context) => this.#attempt(context.signal));
      if (!answered.ending) await this.#read(answered.value, answered.settle);
      // Whoever settles twice must change nothing.
      answered.settle({ decision: { kind: 'transient' }, tokens: 1e9, costUsd: 1e9 });
      return answered.ending?.decision.kind ?? 'streamed';
    } catch (error) {
      return error instanceof Error ? error.name : String(error);
    } finally {
      this.#leave();
    }
  }

  #leave(): void {
    this.#leavePool?.();
    this.#leavePool = undefined;
  }

  async #attempt(signal: AbortSignal): Promise<Attempted<Reading>> {
    const { clock, observer, provider } = this.#at;
    const now = clock.monotonic();
    this.attempts += 1;
    if (this.#handedOn) observer.handedOnAgain(this.#call, now);
    this.#leavePool ??= observer.inPool(this.#process.number, this.#call, now);
    const leave = observer.attempt(this.#process.number, this.#call, now, this.#breaker());

    try {
      const attempted = await this.#replyTo(provider.receive(now), signal, leave);
      // What used its reservation up, or may have, asks its pool again before it is repeated.
      if (attempted.kind === 'ended' && attempted.outcome.tokens !== 0) this.#leave();
      return attempted;
    } catch (error) {
      leave();
      throw error;
    }
  }

  async #replyTo(reply: Reply, signal: AbortSignal, leave: () => void): Promise<Attempted<Reading>> {
    const { clock, observer } = this.#at;
    if (reply.kind === 'nothing') await never(signal);
    else await clock.sleep(reply.afterMs, signal);

    if (reply.kind === 'answer') {
      observer.spend(this.#call, this.#call.tokens.used, clock.monotonic());
      const reading = { pieces: reply.pieces, pauseMs: reply.pauseMs, cut: reply.cut, signal, leave };
      if (this.#call.streamed) {
        this.#handedOn = true;
        return { kind: 'begun', value: reading };
      }
      leave();
      const cut = reply.cut ? decide({ kind: 'cut' }, clock.monotonic()) : ({ kind: 'done' } as const);
      return { kind: 'ended', value: reading, outcome: this.#used(cut) };
    }

    leave();
    return { kind: 'ended', value: EMPTY, outcome: this.#failed(reply) };
  }

  /** Reads a stream to its end, or stops early. */
  async #read(reading: Reading, settle: (outcome: Outcome) => void): Promise<void> {
    const { clock, random } = this.#at;
    const enough = random() < 0.2 ? Math.floor(random() * reading.pieces) : reading.pieces;
    try {
      for (let piece = 0; piece < enough; piece += 1) await clock.sleep(reading.pauseMs, reading.signal);
      settle(this.#used(reading.cut ? { kind: 'transient' } : { kind: 'done' }));
    } catch {
      settle(this.#used({ kind: 'caller' }));
    } finally {
      reading.leave();
    }
  }

  #used(decision: Outcome['decision']): Outcome {
    // Some answers break off before they say what they used.
    const told = decision.kind === 'done';
    return { decision, tokens: told ? this.#call.tokens.used : null, costUsd: null };
  }

  #failed(reply: Exclude<Reply, { kind: 'answer' }>): Outcome {
    const now = this.#at.clock.monotonic();
    const decision =
      reply.kind === 'status'
        ? decide({ kind: 'status', status: reply.status, waitMs: reply.waitMs }, now)
        : decide({ kind: 'fault', fault: { kind: 'network', code: 'ECONNRESET' } }, now);
    if (decision.kind === 'rate-limited' && decision.until !== undefined && decision.until > now)
      this.putOff += 1;
    return { decision, tokens: 0, costUsd: 0 };
  }

  #breaker() {
    const { name } = this.#at.provider.plan;
    return this.#process.guards.health().providers.find(({ provider }) => provider === name)?.breaker;
  }
}

interface Reading {
  pieces: number;
  pauseMs: number;
  cut: boolean;
  signal: AbortSignal;
  leave: () => void;
}

const EMPTY: Reading = {
  pieces: 0,
  pauseMs: 0,
  cut: false,
  signal: new AbortController().signal,
  leave: () => {},
};

function never(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

function endOf({ ended }: Process): Promise<string> {
  return new Promise((resolve) => {
    const end = () => resolve('process ended');
    if (ended.signal.aborted) end();
    else ended.signal.addEventListener('abort', end, { once: true });
  });
}
