import type { GoldenCase } from '../model/case.ts';
import type { Output } from '../model/output.ts';
import type { RenderedPrompt } from '../model/prompt.ts';
import type { ModelPrice } from '../models/prices/prices.ts';
import type { Span } from '../ports.ts';
import type { CallTraces } from './callTraces.ts';
import type { TargetCapabilities } from './capabilities.ts';
import type { EarlierOutputs } from './earlierOutputs.ts';

export interface TargetRequest {
  case: GoldenCase;
  /** From 0. */
  trial: number;
  /** Derived from the run's seed, the case and the trial; a target that can be seeded uses it. */
  seed: number;
  /** What earlier cases gave, where the case reads that; their outputs are among its `variables`. */
  earlier?: EarlierOutputs;
}

export interface TargetContext {
  signal: AbortSignal;
  /** The span of this target call; passed on as `traceparent`, `TRACEPARENT` and `baggage`. */
  span: Span;
  /** Limit of the call in milliseconds, waits and retries included. */
  timeoutMs: number;
  /** The bulkhead of its calls; `target` where absent. */
  pool?: string;
  /** Who asks, e.g. the run's id; callers that wait take turns. */
  caller?: string;
  /** Whether a short outage of whoever it asks is waited for; default true. */
  waits?: boolean;
  /** The price of the model that an agent names, for what its answer cost. */
  priceOf?: (model: string) => ModelPrice | undefined;
  /** Receives the spans that the target itself records, once for each program or request. Undefined when nobody wants them. */
  openTraces?: () => CallTraces;
}

export interface AskedCall {
  /** The most output tokens that its settings allow; undefined where they set no limit. */
  readonly maxTokens: number | undefined;
  /** What the model would be sent. Throws UserError for a case that is not sent to it. */
  request(entry: GoldenCase): RenderedPrompt;
}

/**
 * The thing under test. `call` never throws for what the target did wrong: that is an Output with status
 * `error` or `incomplete`. It rejects only when aborted (with the signal's reason), with a UserError for a
 * mistake in the configuration or the case (a missing variable), or for a bug.
 */
export interface Target {
  readonly name: string;
  /** What it is called in spans and reports; what it can do is said by its capabilities. */
  readonly kind: string;
  readonly capabilities: TargetCapabilities;
  /** Calls with the same lane share one concurrency limit, e.g. the provider's name or the URL's origin. */
  readonly lane: string;
  /** SHA-256 over everything in the workspace that decides the target's behaviour; a change refuses resume. */
  readonly hash: string;
  /** What it takes from outside, by name: variables, and files that hold some. May be keys: kept as digests alone. */
  readonly environment?: { readonly [name: string]: string };
  /** The call of its model that a case leads to, as far as it is known beforehand. */
  readonly asks?: AskedCall;
  call(request: TargetRequest, context: TargetContext): Promise<Output>;
  /** Fetches what must be asked for before the first call, e.g. keys. Throws ConfigError when it is refused. */
  ready?(signal: AbortSignal): Promise<void>;
  /** Frees what the target holds; idempotent. */
  close(): Promise<void>;
}
