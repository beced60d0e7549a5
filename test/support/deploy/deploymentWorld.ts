import { Controller } from '../../../src/engine/deploy/controller/controller.ts';
import type { ControllerOptions } from '../../../src/engine/deploy/controller/controllerOptions.ts';
import { beginDeployment } from '../../../src/engine/deploy/journal/beginDeployment.ts';
import { foldJournal } from '../../../src/engine/deploy/journal/foldJournal.ts';
import type { Wish } from '../../../src/engine/deploy/journal/journalData.ts';
import { wish } from '../../../src/engine/deploy/journal/wish.ts';
import type { DeploymentPhase } from '../../../src/engine/deploy/machine/phase.ts';
import type { Version } from '../../../src/engine/deploy/sides.ts';
import type {
  DeploymentConfig,
  RolloutPolicy,
} from '../../../src/engine/suites/deploying/deploymentConfig.ts';
import { ManualClock, settled } from '../manualClock.ts';
import { seededRandom } from '../seededRandom.ts';
import { FakeEvidence, fakeJudge } from './fakeEvidence.ts';
import { FakeRouter } from './fakeRouter.ts';
import { MemoryJournal } from './memoryJournal.ts';

const { signal } = new AbortController();

export function version(name: string): Version {
  return { name, target: { kind: 'url', url: `http://${name}` }, digest: `digest of ${name}` };
}

export function deploymentConfig(policy: Partial<RolloutPolicy> = {}): DeploymentConfig {
  return {
    name: 'support',
    router: { kind: 'local', route: 'support' },
    versions: [],
    suite: 'support',
    policy: {
      steps: [1, 50, 100].map((weight) => ({ weight, holdMs: 60_000, minSamples: 10 })),
      ...{ undecided: 'pause', maxExtensions: 1, readyMs: 30_000, keepMs: 60_000, drainMs: 1000 },
      confirm: false,
      ...policy,
    },
    evidence: { share: 1, maxErrorIncrease: 0.02, goldenCases: false, shadowPairs: false, prometheus: [] },
  };
}

/** A deployment of `newer` over `older`, a second of traffic at a time. */
export class DeploymentWorld {
  readonly clock = new ManualClock();
  readonly journal = new MemoryJournal(() => this.clock.monotonic());
  readonly router: FakeRouter;
  readonly evidence = new FakeEvidence();
  readonly config: DeploymentConfig;
  /** Answers of green in a second, and of them the errors. */
  traffic = { answers: 1, errors: 0 };
  phase: DeploymentPhase | undefined;
  error: unknown;
  #end = new AbortController();
  #holders = 0;

  constructor({ config = deploymentConfig(), blue = version('older') as Version | null } = {}) {
    this.config = config;
    this.router = new FakeRouter(blue);
  }

  async begin(name = 'newer'): Promise<void> {
    const pair = { blue: this.router.serving, green: version(name) };
    await beginDeployment({ ...{ journal: this.journal, config: this.config, pair }, ...this.person });
  }

  get person() {
    return { by: 'Ada', clock: this.clock, signal };
  }

  wish(wanted: Wish) {
    return wish(this.journal, 'support', wanted, this.person);
  }

  /** A controller of its own process. */
  control(changed: Partial<ControllerOptions> = {}): Controller {
    this.#holders += 1;
    return new Controller({
      ...{ config: this.config, journal: this.journal, router: this.router, evidence: this.evidence },
      ...{
        judge: fakeJudge,
        clock: this.clock,
        random: { next: seededRandom(1), hex: () => '00' },
        holder: `controller ${this.#holders}`,
      },
      ...changed,
    });
  }

  start(changed: Partial<ControllerOptions> = {}): void {
    this.#end = new AbortController();
    this.phase = undefined;
    this.error = undefined;
    this.control(changed)
      .run(this.#end.signal)
      .then(
        (phase) => {
          this.phase = phase;
        },
        (error: unknown) => {
          this.error = error;
        },
      );
  }

  async stop(): Promise<void> {
    this.#end.abort(new Error('stopped'));
    await settled();
    await settled();
  }

  /** Seconds pass, each with its traffic. */
  async run(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      await settle();
      const share = this.router.weights?.weights.green ?? 0;
      for (let answer = 0; share > 0 && answer < this.traffic.answers; answer += 1)
        this.evidence.add({ atMs: this.clock.now(), isError: answer < this.traffic.errors });
      await this.clock.advance(1000);
      await settle();
      if (this.phase !== undefined || this.error !== undefined) break;
    }
    if (this.error !== undefined) throw this.error;
  }

  get folded() {
    const folded = foldJournal(this.journal.entries);
    if (!folded) throw new Error('the journal cannot be read');
    return folded;
  }

  get now(): string {
    const { phase, step } = this.folded.state;
    return step === null ? phase : `${phase} ${step}`;
  }

  /** The phases in order, with their steps. */
  get story(): string[] {
    return this.journal.entries.flatMap(({ kind, data }) => {
      const state = kind === 'transition' ? data['state'] : undefined;
      if (typeof state !== 'object' || state === null || Array.isArray(state)) return [];
      return [state['step'] === null ? String(state['phase']) : `${state['phase']} ${state['step']}`];
    });
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await settled();
}
