import type { StepJudge } from '../../../src/engine/deploy/controller/controllerOptions.ts';
import type {
  Evidence,
  EvidenceSource,
  SmokeReport,
  StepWindow,
  WantedOfTag,
} from '../../../src/engine/deploy/evidence/evidenceSource.ts';
import type { Sample } from '../../../src/engine/deploy/evidence/sample.ts';
import type { SideFigures } from '../../../src/engine/deploy/evidence/stepReport.ts';
import type { Pair } from '../../../src/engine/deploy/routers/router.ts';

/** Traffic of one answer a second, as the wall clock stamps them, with as many errors as are set. */
export class FakeEvidence implements EvidenceSource {
  readonly samples: Sample[] = [];
  smokes: SmokeReport = { status: 'pass', reason: '3 of 3 cases passed' };
  /** What is asked of green, by how many. */
  readonly fills: number[] = [];
  readonly tagFills: string[] = [];
  begins = 0;
  /** Models that served green when it was evaluated. */
  recordedModels: string[] = [];

  async begin(): Promise<void> {
    this.begins += 1;
  }

  async read(_pair: Pair, { sinceMs, untilMs }: StepWindow): Promise<Evidence> {
    const samples = this.samples.filter(({ atMs }) => atMs >= sinceMs && atMs <= untilMs);
    return { samples, figures: [], problems: [], recordedModels: this.recordedModels };
  }

  async fill(_pair: Pair, { untilMs }: StepWindow, count: number): Promise<void> {
    this.fills.push(count);
    for (let index = 0; index < count; index += 1) this.add({ source: 'golden', atMs: untilMs });
  }

  async fillTag(_pair: Pair, { untilMs }: StepWindow, { tag, count }: WantedOfTag): Promise<void> {
    this.tagFills.push(`${count} of ${tag}`);
    this.add({ source: 'golden', atMs: untilMs, tags: [tag] });
  }

  async smoke(): Promise<SmokeReport> {
    return this.smokes;
  }

  async end(): Promise<void> {}

  add(sample: Partial<Sample> & { atMs: number }): void {
    this.samples.push({
      ...{ id: String(this.samples.length), side: 'green', source: 'gateway', isError: false },
      ...{ latencyMs: 10, costUsd: null, tags: [], cluster: null, traceId: null, servedModel: 'm1' },
      ...sample,
    });
  }
}

/** Fails with more than a tenth of errors from the tenth sample on; passes when the hold is over, with enough of them. */
export const fakeJudge: StepJudge = (config, step, { samples }, nowMs) => {
  const minSamples = config.policy.steps[step.index]?.minSamples ?? 0;
  const green = samples.filter(({ side }) => side === 'green');
  const errors = green.filter(({ isError }) => isError).length;
  const isFailed = errors >= 3 && errors > green.length / 10;
  const isEnough = green.length >= minSamples && nowMs >= step.untilMs;
  const isEarly = config.policy.earlyPassMs !== undefined && green.length >= minSamples * 2;
  return {
    status: isFailed ? 'fail' : isEnough || isEarly ? 'pass' : 'undecided',
    reason: isFailed ? `${errors} errors` : isEnough ? null : `${green.length} of ${minSamples} samples`,
    clauses: [],
    ...{ blue: figures(samples.length - green.length, 0), green: figures(green.length, errors), minSamples },
  };
};

function figures(samples: number, errors: number): SideFigures {
  return {
    ...{ samples, errors, bySource: {}, errorRate: null, passRate: null, meanScore: null },
    ...{ p50Ms: null, p95Ms: null, costUsd: null, costPerRequest: null, servedModels: [], failedTraces: [] },
  };
}
