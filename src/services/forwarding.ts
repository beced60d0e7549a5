import path from 'node:path';
import { UserError } from '../engine/errors.ts';
import { readText } from '../engine/files/readText.ts';
import { Connection } from '../engine/http/httpConnection.ts';
import { linkLocalGuard } from '../engine/http/linkLocal.ts';
import { variableReferences } from '../engine/model/variableReference.ts';
import { type Clock, type Environment, fixedEnvironment, type Random } from '../engine/ports.ts';
import type { ExportRequest } from '../engine/telemetry/otlp/otlpClient.ts';
import { RequestForwarder } from '../engine/telemetry/otlp/requestForwarder.ts';
import type { ServicesStatus } from '../protocol/servicesCalls.ts';
import { FileVersion } from './fileVersion.ts';
import { type Destination, forwardSettings, shownAddress } from './forwardSettings.ts';

/** What is on its way when the process ends may take so long, in milliseconds. */
const FLUSH_MS = 3_000;

export interface ForwardingOptions {
  /** Of the workspace; read again when it changes. */
  configFile: string;
  /** In place of those of the configuration. */
  given?: readonly Destination[] | undefined;
  /** Keys may be read from the environment: a person has started the process from a terminal. */
  mayReadKeys: boolean;
  environment: Environment;
  clock: Clock;
  random: Random;
  onLoss?: ((to: string, reason: string) => void) | undefined;
  onChange(): void;
}

type Forward = ServicesStatus['forward'][number];

interface Open {
  destination: Destination;
  to: string;
  /** Undefined where nothing can be sent. */
  forwarder: RequestForwarder | undefined;
  /** Why not. */
  problem: string | null;
}

/** Sends on what is received, to where a person or the configuration says. */
export class Forwarding {
  readonly #options: ForwardingOptions;
  readonly #connection = new Connection(linkLocalGuard());
  #open: readonly Open[] = [];
  readonly #file: FileVersion;
  #stamp: string | null | undefined;
  #problem: string | null = null;

  constructor(options: ForwardingOptions) {
    this.#options = options;
    this.#file = new FileVersion(options.configFile, options.clock);
  }

  get status(): Forward[] {
    const all = this.#open.map(({ to, forwarder, problem }): Forward => {
      const { sent = 0, failed = 0, dropped = 0, waiting = 0, reason = null } = forwarder?.outcome ?? {};
      return { to, sent, failed, dropped, waiting, reason: problem ?? reason };
    });
    if (this.#problem === null) return all;
    return [...all, { ...NOTHING, to: '', reason: this.#problem }];
  }

  /** Brings it up to what the configuration says now. Throws UserErrors only for what is given beside it. */
  async refresh(): Promise<void> {
    const { given, onChange } = this.#options;
    const stamp = given ? 'given' : this.#file.look();
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;

    const before = this.#open;
    this.#problem = null;
    const wanted = given ?? (stamp === null ? [] : await this.#configured());
    if (!wanted) return onChange();

    this.#open = await Promise.all(
      wanted.map(async (one) => before.find((known) => isSame(known.destination, one)) ?? this.#start(one)),
    );
    for (const old of before) if (!this.#open.includes(old)) old.forwarder?.close();
    onChange();
  }

  offer(request: ExportRequest): void {
    for (const { forwarder } of this.#open) forwarder?.offer(request);
  }

  /** Waits a while for what is on its way. */
  async close(): Promise<void> {
    const enough = new AbortController();
    const limit = this.#options.clock.sleep(FLUSH_MS, enough.signal).catch(() => {});
    await Promise.race([limit, Promise.all(this.#open.map(({ forwarder }) => forwarder?.flush()))]);
    enough.abort();
    for (const { forwarder } of this.#open) forwarder?.close();
    this.#connection.close();
  }

  /** Undefined where the file has an error: what it said before holds. */
  async #configured(): Promise<Destination[] | undefined> {
    const { configFile } = this.#options;
    const shown = path.basename(configFile);
    try {
      const text = readText(configFile, shown);
      // Most configurations say nothing of it, and are not read any further.
      if (!/^\s*["']?traces\b/m.test(text)) return [];
      const { readForward } = await import('../engine/suites/config/tracesConfig.ts');
      const { forward, problems } = readForward(text, shown);
      const problem = problems.find(({ severity }) => severity === 'error');
      if (problem) {
        this.#problem = `${shown}:${problem.location.line}: ${problem.message}`;
        return undefined;
      }
      return forward.map((one) => ({ ...one, owner: { url: 'traces.forward', headers: 'traces.forward' } }));
    } catch (error) {
      this.#problem = `${shown}: ${error instanceof Error ? error.message : error}`;
      return undefined;
    }
  }

  async #start(destination: Destination): Promise<Open> {
    const { given, environment, mayReadKeys, clock, random } = this.#options;
    const names = variableReferences(Object.values(destination.headers).join(' ')).map(({ name }) => name);
    try {
      const isHeldBack = !mayReadKeys && names.length > 0;
      const settings = forwardSettings(destination, isHeldBack ? placeholders(names) : environment);
      const to = shownAddress(settings);
      if (isHeldBack) return { destination, to, forwarder: undefined, problem: heldBack(names) };

      // Loaded on demand: the serializers are large.
      const { createOtlpClient } = await import('../engine/telemetry/otlp/otlpClient.ts');
      const client = createOtlpClient(settings, { clock, random, connection: this.#connection });
      const lost = (reason: string): void => this.#lost(to, reason);
      return { destination, to, forwarder: new RequestForwarder(client, lost), problem: null };
    } catch (error) {
      if (given || !(error instanceof UserError)) throw error;
      const to = URL.parse(destination.url)?.origin ?? 'traces.forward';
      return { destination, to, forwarder: undefined, problem: error.message };
    }
  }

  #lost(to: string, reason: string): void {
    this.#options.onLoss?.(to, reason);
    this.#options.onChange();
  }
}

const NOTHING = { sent: 0, failed: 0, dropped: 0, waiting: 0 };

function heldBack(names: readonly string[]): string {
  return `a process that the editor has started reads no keys (${names.join(', ')}); start it with: touchstone serve --detach`;
}

function placeholders(names: readonly string[]): Environment {
  return fixedEnvironment(Object.fromEntries(names.map((name) => [name, '-'])));
}

function isSame(a: Destination, b: Destination): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
