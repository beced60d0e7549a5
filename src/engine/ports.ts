import type { JsonObject } from './model/json.ts';

/** Wall and monotonic time, and waiting. The engine knows no other clock. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds from an arbitrary start; never goes back. */
  monotonic(): number;
  /** Resolves after `ms`; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `work` after `ms`, unless the function that it returns is called before: it costs a tenth of `sleep` with a signal. */
  after(ms: number, work: () => void): () => void;
}

/** Source of randomness; seeded in tests. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** `bytes` random bytes as lower-case hexadecimal. */
  hex(bytes: number): string;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface Log {
  write(level: LogLevel, message: string, fields?: JsonObject): void;
}

/** Environment variables, read through one door so that tests and the editor can decide what is seen. */
export interface Environment {
  get(name: string): string | undefined;
}

/** The person's keys, kept outside the workspace. Each is given out for one origin only. */
export interface Secrets {
  /**
   * The value for a provider that stands at `origin` (scheme, host and port). `variable` is the environment
   * variable that the configuration names for it. Null when there is none, or the person refused it.
   */
  get(
    request: { provider: string; origin: string; variable: string },
    signal: AbortSignal,
  ): Promise<string | null>;
}

/** What the person has agreed to run. Configuration is trusted when its folder is; scripts in data are not. */
export interface Trust {
  /** Start `command` targets and providers that a configuration file names. */
  commands: boolean;
  /** Run JavaScript assertions and transforms. */
  scripts: boolean;
}

export type AttributeValue = string | number | boolean | string[];
export type Attributes = { [name: string]: AttributeValue | undefined };

/** One OpenTelemetry span, narrowed to what the engine needs. Parents are passed by hand, never ambient. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  /** W3C `traceparent` of this span; undefined when nothing is recorded. */
  readonly traceparent: string | undefined;
  /** W3C `baggage` with run and case ids; undefined when nothing is recorded, or there is none. */
  readonly baggage: string | undefined;
  child(name: string, attributes?: Attributes, kind?: 'internal' | 'client'): Span;
  set(attributes: Attributes): void;
  event(name: string, attributes?: Attributes): void;
  log(level: LogLevel, message: string, fields?: JsonObject): void;
  /** Ends the span; with `error`, its status is error. Ending twice is a bug. */
  end(error?: string): void;
}

/** What goes along with a call so that the other side can go on with the trace; empty when nothing is recorded. */
export function traceContext({ traceparent, baggage }: Span): { traceparent?: string; baggage?: string } {
  return { ...(traceparent ? { traceparent } : {}), ...(baggage ? { baggage } : {}) };
}

export const noSpan: Span = {
  traceId: '0'.repeat(32),
  spanId: '0'.repeat(16),
  traceparent: undefined,
  baggage: undefined,
  child: () => noSpan,
  set: () => {},
  event: () => {},
  log: () => {},
  end: () => {},
};

export const noLog: Log = { write: () => {} };

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop);
        resolve();
      }, ms);
      const stop = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', stop, { once: true });
    }),
  after: (ms, work) => {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
};

export const processEnvironment: Environment = { get: (name) => process.env[name] };

/** Only the named values; for tests and for the editor's restricted mode. */
export function fixedEnvironment(values: { [name: string]: string }): Environment {
  return { get: (name) => (Object.hasOwn(values, name) ? values[name] : undefined) };
}
