import { ResumeError, StoreError, UserError } from '../../errors.ts';
import { contentHash } from '../../model/hash.ts';
import type { Clock, Random } from '../../ports.ts';
import type { RouteConfig, ShadowConfig } from '../../suites/gateway/gatewayConfig.ts';
import type { AskUpstream, ExchangeListener } from '../exchange/exchangeListener.ts';
import type { FinishedExchange } from '../exchange/finishedExchange.ts';
import type { ShadowStatus } from '../gatewayStatus.ts';
import { RouteShadow } from './routeShadow.ts';
import type { KeptShadow, ShadowFile } from './shadowFile.ts';
import type { PairSink } from './shadowPair.ts';
import { newProgress } from './shadowProgress.ts';

export interface ShadowPorts {
  upstream: AskUpstream;
  /** A sink for each start of a shadow. */
  sinkFor(route: RouteConfig, shadow: ShadowConfig): PairSink;
  clock: Clock;
  random: Random;
  /** Undefined where nothing is to survive the process. */
  file?: ShadowFile | undefined;
  /** A status has changed. */
  onChange?: () => void;
  onBug(error: unknown): void;
}

/** Progress is kept so often while pairs come in, in milliseconds; a start and an end at once. */
const KEEP_EVERY_MS = 10_000;

interface Entry {
  startedBy: KeptShadow['startedBy'];
  replaced: string | null;
  running: RouteShadow;
  /** Why it ended; null while it goes on. */
  ended: string | null;
  /** It could not begin because of something that passes by itself, such as a store in use. */
  isWaiting: boolean;
  /** Still shown, but the configuration does not have it any more: if it comes back, it is another one. */
  isGone: boolean;
}

/**
 * The shadows of all routes, at most one a route. Hears of exchanges when their clients have everything, and neither throws nor
 * waits: copies are made by workers of their own.
 */
export class Shadows implements ExchangeListener {
  readonly #ports: ShadowPorts;
  readonly #entries = new Map<string, Entry>();
  /** Of routes that the configuration does not have now. */
  readonly #absent = new Map<string, KeptShadow>();
  #routes = new Map<string, RouteConfig>();
  #keptMs = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  constructor(ports: ShadowPorts) {
    this.#ports = ports;
    for (const kept of ports.file?.read() ?? []) this.#absent.set(kept.route, kept);
  }

  /**
   * The configuration's routes, now and after each change. Its shadows begin by themselves; one that ended stays so until it is started anew or
   * its configuration changes. What a person started goes on.
   */
  use(routes: readonly RouteConfig[]): void {
    const before = this.#routes;
    this.#routes = new Map(routes.map((route) => [route.name, route]));
    for (const name of before.keys()) if (!this.#routes.has(name)) this.#leave(name);
    for (const route of routes) this.#useRoute(route);
    this.#keep();
  }

  /** By a person; takes the place of another shadow of the route. Throws UserError where the route cannot be mirrored. */
  start(name: string, shadow: ShadowConfig): void {
    const route = this.#routes.get(name);
    if (!route) {
      const known = [...this.#routes.keys()].join(', ');
      throw new UserError(`there is no route '${name}'`, {
        remedy: known === '' ? undefined : `The routes are: ${known}.`,
      });
    }
    const why = whyNotMirrored(route, shadow);
    if (why)
      throw new UserError(`the route '${name}' cannot be mirrored: ${why.what}`, { remedy: why.remedy });

    this.stop(name, 'another shadow was started');
    this.#begin(route, shadow, {
      ...newProgress(this.#ports.clock.now()),
      ...{ startedBy: 'person', ended: null },
      replaced: route.shadow ? contentHash(route.shadow) : null,
    });
    this.#keep();
  }

  /** It stays ended. Does nothing where none is mirrored. */
  stop(name: string, reason: string): void {
    const entry = this.#entries.get(name);
    if (!entry || entry.ended !== null) return;
    entry.ended = reason;
    entry.running.end(reason);
    this.#changed();
  }

  /** Null where the route has no shadow. */
  statusOf(name: string): ShadowStatus | null {
    return this.#entries.get(name)?.running.status() ?? null;
  }

  keeps(begun: { id: string; route: string; arm: string | null; stickyKey: string | null }): boolean {
    try {
      return this.#entries.get(begun.route)?.running.keeps(begun) ?? false;
    } catch (error) {
      this.#ports.onBug(error);
      return false;
    }
  }

  finished(exchange: FinishedExchange): void {
    try {
      this.#entries.get(exchange.route)?.running.finished(exchange);
    } catch (error) {
      this.#ports.onBug(error);
    }
  }

  /** Called from time to time: begins what had to wait, and keeps what has come to be known of those that have ended. */
  look(): void {
    if (this.#isClosed || this.#ports.clock.monotonic() - this.#keptMs < KEEP_EVERY_MS) return;
    for (const [name, { isWaiting }] of this.#entries) {
      const route = this.#routes.get(name);
      if (isWaiting && route) this.#useRoute(route);
    }
    this.#keep();
  }

  /** Copies under way are given up; a later process goes on with its shadows. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#keep();
    for (const { running } of this.#entries.values()) running.end('the gateway has stopped');
  }

  #useRoute(route: RouteConfig): void {
    const kept = this.#keptOf(route.name);
    const configured = route.shadow;
    const isReplaced = !configured || contentHash(configured) === kept?.replaced;
    const isPersons = kept?.startedBy === 'person' && (kept.ended === null || isReplaced);
    const shadow = isPersons ? kept.config : configured;
    if (!shadow) {
      // The last one is still shown, but not one that the configuration no longer has.
      if (kept?.startedBy === 'configuration') this.#forget(route.name);
      return;
    }

    const current = this.#entries.get(route.name);
    const isAsBefore = kept !== undefined && isEqual(kept.config, shadow);
    // What could not begin may be able to now, such as with a suite that was missing.
    const hasBegun = current?.ended !== null || current.running.status().state === 'mirroring';
    if (current && hasBegun && isAsBefore && isEqual(mirrored(current.running.route), mirrored(route)))
      return;

    this.stop(route.name, 'its configuration has changed');
    const since = isAsBefore
      ? kept
      : {
          ...newProgress(this.#ports.clock.now()),
          ...{ startedBy: 'configuration' as const, ended: null, replaced: null },
        };
    this.#begin(route, shadow, since);
  }

  #begin(route: RouteConfig, shadow: ShadowConfig, since: Omit<KeptShadow, 'route' | 'config'>): void {
    const { upstream, clock, random, onBug } = this.#ports;
    const why = since.ended ?? whyNotMirrored(route, shadow)?.what;
    // Of one that has ended there may be pairs that an earlier process took and did not judge.
    const isOpened = why === undefined || since.ended !== null;
    const sink = isOpened ? this.#openSink(route, shadow) : NO_SINK;
    const ended = why ?? (sink instanceof UserError ? sink.message : null);
    const running = new RouteShadow(route, shadow, since, {
      upstream,
      clock,
      random,
      sink: sink instanceof UserError ? NO_SINK : sink,
      onEnd: (reason) => {
        const entry = this.#entries.get(route.name);
        if (entry?.running !== running) return;
        entry.ended = reason;
        this.#changed();
      },
      onChange: () => this.#progressed(),
      onBug,
    });
    if (ended !== null) running.end(ended);
    this.#absent.delete(route.name);
    this.#entries.set(route.name, {
      startedBy: since.startedBy,
      replaced: since.replaced,
      running,
      ended: since.ended,
      isWaiting: sink instanceof StoreError || sink instanceof ResumeError,
      isGone: false,
    });
    this.#ports.onChange?.();
  }

  /** What is wrong with one route stops no other. */
  #openSink(route: RouteConfig, shadow: ShadowConfig): PairSink | UserError {
    try {
      return this.#ports.sinkFor(route, shadow);
    } catch (error) {
      if (error instanceof UserError) return error;
      throw error;
    }
  }

  /** The configuration no longer has its shadow. */
  #forget(name: string): void {
    this.stop(name, 'touchstone.yaml no longer has it');
    this.#absent.delete(name);
    const entry = this.#entries.get(name);
    if (entry) entry.isGone = true;
  }

  /** The configuration no longer has the route. */
  #leave(name: string): void {
    const kept = this.#keptOf(name);
    this.#entries.get(name)?.running.end('touchstone.yaml no longer has the route');
    this.#entries.delete(name);
    if (kept) this.#absent.set(name, kept);
  }

  #keptOf(name: string): KeptShadow | undefined {
    const entry = this.#entries.get(name);
    if (!entry) return this.#absent.get(name);
    if (entry.isGone) return undefined;
    const { running, startedBy, replaced, ended } = entry;
    return { ...running.progress, startedBy, replaced, ended, route: name, config: running.shadow };
  }

  #progressed(): void {
    this.#ports.onChange?.();
    if (this.#ports.clock.monotonic() - this.#keptMs >= KEEP_EVERY_MS) this.#keep();
  }

  #changed(): void {
    if (!this.#isClosed) this.#keep();
    this.#ports.onChange?.();
  }

  #keep(): void {
    this.#keptMs = this.#ports.clock.monotonic();
    const names = [...this.#entries.keys(), ...this.#absent.keys()];
    this.#ports.file?.write(names.flatMap((name) => this.#keptOf(name) ?? []));
  }
}

/** Of a shadow that has ended before it began. */
const NO_SINK: PairSink = { begin: () => {}, offer: () => false, giveUp: () => {} };

/** Why a route is not mirrored at all; undefined where it is. */
function whyNotMirrored(
  { keep, arms, isSafeToMirror }: RouteConfig,
  { to }: ShadowConfig,
): { what: string; remedy: string } | undefined {
  if (keep === 'none')
    return {
      what: 'nothing of its requests is kept, so there would be nothing to compare',
      remedy: "Set the route's keep to content or redacted.",
    };
  if (!isSafeToMirror && [...arms.map(({ target }) => target), to].some(({ kind }) => kind === 'agent'))
    return {
      what: 'an agent that is asked twice may do things twice',
      remedy: 'If all that happens is an answer, say so at the route: safe_to_mirror: true.',
    };
  return undefined;
}

/** What of a route its shadow depends on. */
function mirrored({ keep, isSafeToMirror, arms }: RouteConfig): unknown {
  return { keep, isSafeToMirror, targets: arms.map(({ target }) => target) };
}

function isEqual(a: unknown, b: unknown): boolean {
  return contentHash(a) === contentHash(b);
}
