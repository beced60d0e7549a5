import { UserError } from '../../errors.ts';
import { spanPrice } from '../../models/prices/spanPrice.ts';
import type { Pair } from '../routers/router.ts';
import type { EvidenceOptions } from './evidenceOptions.ts';
import type { Evidence, EvidenceSource, SmokeReport, StepWindow, WantedOfTag } from './evidenceSource.ts';
import { GoldenReplay } from './goldenReplay.ts';
import { monitorOf } from './monitorOf.ts';
import { PrometheusFigures } from './prometheusFigures.ts';
import { recordedModels } from './recordedModels.ts';
import type { Sample } from './sample.ts';
import { shadowSamples } from './shadowSamples.ts';
import { SpanSamples } from './spanSamples.ts';

/** The evidence of a deployment, from all the sources that its configuration names. */
export function openEvidence(options: EvidenceOptions): EvidenceSource {
  return new OpenEvidence(options);
}

/** Why evaluations are left out so that a step must not be decided without them. */
const SPENT: ReadonlySet<string> = new Set(['budget', 'refused']);

class OpenEvidence implements EvidenceSource {
  readonly #options: EvidenceOptions;
  readonly #spans: SpanSamples;
  readonly #figures: PrometheusFigures;
  readonly #golden: GoldenReplay;
  /** Left out before the step that is read. */
  #before: { sinceMs: number; dropped: { readonly [reason: string]: number } } | undefined;

  constructor(options: EvidenceOptions) {
    const { workspace, config, clock } = options;
    this.#options = options;
    this.#spans = new SpanSamples({
      ...{ root: workspace.root, router: config.router, price: spanPrice(workspace.config.providers) },
      monitor: monitorOf(workspace, config),
    });
    this.#figures = new PrometheusFigures(clock);
    this.#golden = new GoldenReplay(options, () => this.#spans.spentSince(options.beganMs ?? 0));
  }

  /** The monitor of the deployment evaluates from the moment that the services process has it. */
  begin(): Promise<void> {
    return Promise.resolve();
  }

  async read(pair: Pair, window: StepWindow, signal: AbortSignal): Promise<Evidence> {
    const problems: string[] = [];
    const { config, workspace, clock } = this.#options;
    const gather = (of: string, samples: () => Sample[]): Sample[] => {
      try {
        return samples();
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        problems.push(`${of} cannot be read: ${error.message}`);
        return [];
      }
    };

    const samples = [
      ...gather('received spans', () => this.#traffic(pair, window, clock.now())),
      ...gather('golden cases', () => this.#golden.samples(pair, window)),
      ...(config.evidence.shadowPairs
        ? gather('shadow pairs', () => shadowSamples(workspace, config, pair, window))
        : []),
    ];
    problems.push(...this.#leftOut(window), ...this.#golden.problems, ...this.#spent());

    const figures = await Promise.all(
      config.evidence.prometheus.map((query) => this.#figures.read(query, pair, window, signal)),
    );
    return { samples, figures, problems, recordedModels: recordedModels(workspace.root, pair.green) };
  }

  fill(pair: Pair, window: StepWindow, count: number, signal: AbortSignal): Promise<void> {
    return this.#golden.fill(pair, window, count, signal);
  }

  async fillTag(pair: Pair, window: StepWindow, wanted: WantedOfTag, signal: AbortSignal): Promise<void> {
    const live = this.#spans.read(pair, window, this.#options.clock.now());
    if (live.some(({ side, tags }) => side === 'green' && tags.includes(wanted.tag))) return;
    await this.#golden.fillTag(pair, window, wanted, signal);
  }

  smoke(pair: Pair, signal: AbortSignal): Promise<SmokeReport> {
    return this.#golden.smoke(pair, signal);
  }

  async end(): Promise<void> {
    this.#spans.close();
    this.#figures.close();
    await this.#golden.close();
  }

  /** What a version has traced of golden cases is no traffic. */
  #traffic(pair: Pair, window: StepWindow, nowMs: number): Sample[] {
    const golden = this.#golden.traceIds;
    const samples = this.#spans.read(pair, window, nowMs);
    return samples.filter(({ traceId }) => traceId === null || !golden.has(traceId));
  }

  /** One total for golden cases and judges. */
  #spent(): string[] {
    const { config, beganMs = 0, onSpent } = this.#options;
    const { maxCostUsd } = config.evidence;
    const spent = this.#golden.spentUsd + this.#spans.spentSince(beganMs);
    if (maxCostUsd === undefined || spent < maxCostUsd) return [];
    onSpent?.();
    return [
      `golden cases and judges have cost as much as max_cost_usd allows: ${spent.toFixed(2)} of ${maxCostUsd} USD`,
    ];
  }

  /** Evaluations that were left out within the step, for lack of money or because a judge is not asked now. */
  #leftOut({ sinceMs }: StepWindow): string[] {
    const { dropped } = this.#spans;
    if (this.#before?.sinceMs !== sinceMs) this.#before = { sinceMs, dropped };
    const before = this.#before.dropped;
    return Object.entries(dropped).flatMap(([reason, count]) => {
      const within = count - (before[reason] ?? 0);
      return within > 0 && SPENT.has(reason) ? [`${within} evaluations were left out: ${WORDS[reason]}`] : [];
    });
  }
}

const WORDS: { readonly [reason: string]: string } = {
  budget: 'the deployment has spent its max_cost_usd',
  refused: 'the provider of a judge is not asked now',
};
