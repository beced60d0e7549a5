import type { Redactor } from '../../http/redactor.ts';
import type { GoldenCase, LocatedCase } from '../../model/case.ts';
import type { RenderedPrompt } from '../../model/prompt.ts';
import type { Clock, Log } from '../../ports.ts';
import type { FallbackChain } from '../../resilience/fallback.ts';
import type { EmbeddingCatalog } from '../embeddings/embeddings.ts';
import type { ModelCatalog, ModelClient } from '../modelClient.ts';
import { AgentFallbacks, type AgentStep } from './agentFallbacks.ts';
import { BufferedReplies } from './bufferedReplies.ts';
import type { Calibration } from './calibration.ts';
import { calibrateOn, sampleCases } from './calibrationCases.ts';
import {
  type CachesConfig,
  chainFor,
  type FallbackChainConfig,
  type FallbackStep,
  type FallbacksConfig,
} from './config.ts';
import { ExactCache } from './exactCache.ts';
import type { AskedModel } from './exactKey.ts';
import { fallbackClient } from './fallbackClient.ts';
import { FixedAnswer } from './fixedAnswer.ts';
import { embeddingLikeness, type Likeness, lexicalLikeness } from './likeness.ts';
import { ModelFallback } from './modelFallback.ts';
import type { ReplyFallback, ReplyKeeper } from './replyFallback.ts';
import type { ReplyStore } from './replyStore.ts';
import { SimilarCache } from './similarCache.ts';

export interface FallbackPorts {
  models: ModelCatalog & EmbeddingCatalog;
  /** By name; their headers, and what these take from the environment, may change an answer. */
  providers: { readonly [name: string]: Pick<AskedModel, 'headers' | 'variables'> };
  store: ReplyStore;
  redactor: Redactor;
  clock: Clock;
  log: Log;
  /** Hears that something else answered for a provider, or for an agent. */
  onFallback?: ((provider: string) => void) | undefined;
}

export interface FallbackSettings {
  fallbacks?: FallbacksConfig | undefined;
  caches?: CachesConfig | undefined;
}

const MEGABYTE = 1024 * 1024;
const NO_STEPS: FallbackChainConfig = { steps: [], on: [] };

/** What stands beside the models of a run: their chains of fallbacks, and the caches that fill as they answer. */
export class Fallbacks {
  readonly #settings: FallbackSettings;
  readonly #ports: FallbackPorts;
  readonly #exact: BufferedReplies | undefined;
  readonly #similar: { replies: BufferedReplies; likeness: Likeness } | undefined;
  readonly #closing: SimilarCache[] = [];
  /** By the name of a target. */
  readonly #calibrations = new Map<string, Calibration>();
  readonly #uncalibrated = new Map<string, (entry: GoldenCase) => RenderedPrompt>();

  /** Throws ConfigError for an embedding model that is not known. */
  constructor(settings: FallbackSettings, ports: FallbackPorts) {
    this.#settings = settings;
    this.#ports = ports;
    const { exact, similar } = settings.caches ?? {};
    this.#exact = exact && this.#open('exact', exact);
    this.#similar = similar && {
      replies: this.#open('similar', similar),
      likeness:
        similar.embeddings === undefined
          ? lexicalLikeness()
          : embeddingLikeness(ports.models.embedder(similar.embeddings)),
    };
  }

  /**
   * The model of a target, with what answers in its place; `render` makes what a case asks; without it the semantic cache is off. Throws ConfigError for a fallback
   * that is not known.
   */
  ofTarget(target: string, client: ModelClient, render?: (entry: GoldenCase) => RenderedPrompt): ModelClient {
    const config = this.#chainOf(target, client);
    const caches = this.#cachesOf(client, () => this.#calibrations.get(target));
    if (render && config.steps.some(({ kind }) => kind === 'similar')) this.#uncalibrated.set(target, render);
    const steps = config.steps.flatMap((step) => this.#step(step, client, caches) ?? []);
    const first = this.#settings.caches?.exact?.mode === 'first' ? caches.exact : undefined;
    const keepers = [caches.exact, caches.similar].filter((keeper) => keeper !== undefined);
    return this.#wrapped(client, { steps, on: new Set(config.on) }, first, keepers);
  }

  /** What answers in place of an agent; undefined where nothing is configured for its name. Throws ConfigError. */
  ofAgent(target: string): AgentFallbacks | undefined {
    const config = chainFor(this.#settings.fallbacks, [target]);
    if (!config || config.steps.length === 0) return undefined;

    const steps = config.steps.flatMap((step): AgentStep[] => {
      switch (step.kind) {
        // Questions to agents are not compared by their likeness.
        case 'similar':
          return [];
        case 'model':
          return [{ kind: 'model', client: this.#ports.models.client(step.reference) }];
        default:
          return [step];
      }
    });
    const { redactor, clock, onFallback } = this.#ports;
    const replies = steps.some(({ kind }) => kind === 'cache') ? this.#exact : undefined;
    return new AgentFallbacks({
      chain: { steps, on: new Set(config.on) },
      replies,
      redactor,
      clock,
      onFallback,
    });
  }

  /**
   * A model that judges. It is answered from the exact cache only where the configuration says so for judges, and by another
   * model only where answers of fallbacks count (`counted`); never by what is merely similar, and never by a fixed answer.
   */
  ofJudge(client: ModelClient, counted: boolean): ModelClient {
    const { exact } = this.#settings.caches ?? {};
    const cache = exact?.judges ? this.#cachesOf(client, () => undefined).exact : undefined;
    const config = this.#chainOf(undefined, client);
    const steps = config.steps.flatMap((step) => {
      if (step.kind === 'cache') return cache ?? [];
      return step.kind === 'model' && counted ? (this.#step(step, client, {}) ?? []) : [];
    });

    const chain = { steps, on: new Set(config.on) };
    return this.#wrapped(client, chain, exact?.mode === 'first' ? cache : undefined, cache ? [cache] : []);
  }

  /**
   * Finds from which likeness on the semantic cache may answer for each target that has one, by the golden dataset; without
   * that, it stays off. Rejects with the signal's reason when aborted.
   */
  async calibrate(batches: () => AsyncIterable<readonly LocatedCase[]>, signal: AbortSignal): Promise<void> {
    const { similar } = this.#settings.caches ?? {};
    if (!similar || !this.#similar || this.#uncalibrated.size === 0) return;

    const sample = await sampleCases(batches());
    const { likeness } = this.#similar;
    for (const [target, render] of this.#uncalibrated) {
      const found = await calibrateOn(
        sample,
        { render, likeness, maxWrong: similar.maxWrong },
        this.#ports,
        signal,
      );
      this.#calibrations.set(target, found);
      if (!found.on)
        this.#ports.log.write('warn', `the semantic cache is off for ${target}: ${found.reason}`);
    }
    this.#uncalibrated.clear();
  }

  /** Writes what is not written yet; idempotent. */
  async close(): Promise<void> {
    await Promise.all(this.#closing.splice(0).map((cache) => cache.close()));
    const now = this.#ports.clock.now();
    this.#exact?.flush(now);
    this.#similar?.replies.flush(now);
  }

  /** The most specific one: a target's, its model's, its provider's. */
  #chainOf(target: string | undefined, { provider, model }: Pick<ModelClient, 'provider' | 'model'>) {
    const names = [...(target === undefined ? [] : [target]), `${provider}/${model}`, provider];
    return chainFor(this.#settings.fallbacks, names) ?? NO_STEPS;
  }

  #step(step: FallbackStep, client: ModelClient, caches: Caches): ReplyFallback | undefined {
    switch (step.kind) {
      case 'cache':
        return caches.exact ?? new Absent('cache', 'caches.exact is not configured');
      case 'similar':
        return caches.similar ?? new Absent('similar', 'caches.similar is not configured');
      case 'fixed':
        return new FixedAnswer(step.answer);
      case 'model':
        // A chain of a provider may name one of its own models, which does not stand in for itself.
        if (step.reference === `${client.provider}/${client.model}`) return undefined;
        return new ModelFallback(this.#ports.models.client(step.reference));
    }
  }

  #wrapped(
    client: ModelClient,
    chain: FallbackChain<ReplyFallback>,
    first: ReplyFallback | undefined,
    keepers: readonly ReplyKeeper[],
  ): ModelClient {
    if (chain.steps.length === 0 && !first && keepers.length === 0) return client;
    const standIns = chain.steps.filter((step) => step instanceof ModelFallback).map(({ name }) => name);
    const { clock, onFallback } = this.#ports;
    return fallbackClient({ client, chain, standIns, first, keepers, clock, onFallback });
  }

  #cachesOf({ provider, model, endpoint }: ModelClient, calibration: () => Calibration | undefined): Caches {
    const { providers, redactor, clock } = this.#ports;
    const { headers, variables } = (Object.hasOwn(providers, provider) && providers[provider]) || {};
    const asked: AskedModel = { provider, model, endpoint, headers, variables };
    const exact = this.#exact && new ExactCache({ asked, replies: this.#exact, redactor, clock });
    const similar =
      this.#similar && new SimilarCache({ asked, ...this.#similar, calibration, redactor, clock });
    if (similar) this.#closing.push(similar);

    return { exact, similar };
  }

  #open(cache: 'exact' | 'similar', { maxMb, expiresMs }: { maxMb: number; expiresMs: number }) {
    const { store, log } = this.#ports;
    return new BufferedReplies({ store, cache, limits: { maxBytes: maxMb * MEGABYTE, expiresMs }, log });
  }
}

interface Caches {
  exact?: ExactCache | undefined;
  similar?: SimilarCache | undefined;
}

/** A step that is named without being set up. */
class Absent implements ReplyFallback {
  readonly takesTime = false;
  readonly name: string;
  readonly #why: string;

  constructor(name: string, why: string) {
    this.name = name;
    this.#why = why;
  }

  async answer() {
    return { nothing: this.#why };
  }
}
