import { Controller } from '../../../src/engine/deploy/controller/controller.ts';
import type { StepJudge } from '../../../src/engine/deploy/controller/controllerOptions.ts';
import { beginDeployment } from '../../../src/engine/deploy/journal/beginDeployment.ts';
import { foldJournal } from '../../../src/engine/deploy/journal/foldJournal.ts';
import type { Wish } from '../../../src/engine/deploy/journal/journalData.ts';
import { wish } from '../../../src/engine/deploy/journal/wish.ts';
import { isEnd } from '../../../src/engine/deploy/machine/machineState.ts';
import type { DeploymentConfig } from '../../../src/engine/suites/deploying/deploymentConfig.ts';
import { ManualClock, settled } from '../manualClock.ts';
import { seededRandom } from '../seededRandom.ts';
import { deploymentConfig, version } from './deploymentWorld.ts';
import { effectProblems } from './effectProblems.ts';
import { FakeEvidence, fakeJudge } from './fakeEvidence.ts';
import { FakeRouter } from './fakeRouter.ts';
import { CALM, type FaultRates, FaultyProcess } from './faultyPorts.ts';
import { journalProblems } from './journalProblems.ts';
import { MemoryJournal } from './memoryJournal.ts';

const { signal } = new AbortController();
const HOLD_MS = 8000;
const CHAOS_SECONDS = 150;
const CALM_SECONDS = 400;
/** A process that stood still may not have seen a change that is younger. */
const STEERED_MS = 100_000;

export interface Simulated {
  /** What must never be, in sentences. */
  problems: string[];
  phase: string;
  events: Set<string>;
  crashes: number;
}

/** One deployment, or several in a row, among everything that goes wrong; then it becomes calm, and must come to an end. */
export async function simulateDeployment(seed: number): Promise<Simulated> {
  const world = new Simulation(seed);
  await world.begin();
  for (let second = 0; second < CHAOS_SECONDS; second += 1) await world.second(true);
  world.calm();
  for (let second = 0; second < CALM_SECONDS && !world.isOver; second += 1) {
    if (second % 50 === 40) await world.endPause();
    await world.second(false);
  }
  return world.result();
}

/** Passes whatever does not fail, at any time and with nothing measured: the controller must not believe it. */
const gullibleJudge: StepJudge = (...values) => {
  const report = fakeJudge(...values);
  return report.status === 'fail' ? report : { ...report, status: 'pass' };
};

interface Running {
  process: FaultyProcess;
  holder: string;
  isOver: boolean;
}

class Simulation {
  readonly #seed: number;
  readonly #random: () => number;
  readonly #clock = new ManualClock();
  readonly #journal = new MemoryJournal(() => this.#clock.monotonic());
  readonly #router = new FakeRouter(version('v0'));
  readonly #evidence = new FakeEvidence();
  readonly #config: DeploymentConfig;
  readonly #rates: FaultRates;
  readonly #running: Running[] = [];
  readonly #problems: string[] = [];
  readonly #bad = new Set<string>();
  readonly #isLocal: boolean;
  #versions = 0;
  #crashes = 0;
  #hasJumped = false;
  /** When somebody else has changed the route. */
  #steeredAtMs = Number.NEGATIVE_INFINITY;
  #model = 'm1';
  #silentSeconds = 0;
  #isCalm = false;

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = seededRandom(seed * 7919 + 1);
    this.#isLocal = this.#chance(0.5);
    this.#config = this.#configure();
    const [crash = 0, lost = 0, outage = 0, stall = 0, ignored = 0] = [0.02, 0.03, 0.05, 0.004, 0.3].map(
      (most) => (this.#chance(0.6) ? this.#random() * most : 0),
    );
    this.#journal.onEntry = (entry) =>
      this.#problems.push(
        ...effectProblems(this.#journal.entries, entry, {
          router: this.#router,
          isSteered: this.#clock.monotonic() - this.#steeredAtMs < STEERED_MS,
        }),
      );
    this.#rates = { crash, lost, outage, stall, ignored };
  }

  #configure(): DeploymentConfig {
    const config = deploymentConfig({
      steps: [5, 40, 100].map((weight) => ({ weight, holdMs: HOLD_MS, minSamples: 6 })),
      ...{ undecided: this.#one('pause', 'extend', 'rollback'), maxExtensions: 2 },
      ...{ readyMs: 12_000, keepMs: 10_000, drainMs: 100, confirm: this.#chance(0.15) },
      ...(this.#chance(0.3) ? { earlyPassMs: 3000 } : {}),
    });
    return { ...config, evidence: { ...config.evidence, goldenCases: this.#chance(0.3) } };
  }

  get isOver(): boolean {
    return isEnd(this.#phase);
  }

  get #phase() {
    return foldJournal(this.#journal.entries)?.state.phase ?? 'preparing';
  }

  async begin(): Promise<void> {
    const green = version(`v${++this.#versions}`);
    if (this.#chance(0.3)) this.#bad.add(green.digest);
    this.#router.slowness = this.#chance(0.1) ? 100 : Math.floor(this.#random() * 8);
    const roll = this.#random();
    this.#evidence.smokes = {
      status: roll < 0.8 ? 'pass' : roll < 0.9 ? 'fail' : 'undecided',
      reason: 'a throw of dice',
    };
    const pair = { blue: this.#router.serving, green };
    try {
      await beginDeployment({ journal: this.#journal, config: this.#config, pair, ...this.#person });
    } catch {
      // A controller that was killed holds the lease still.
    }
  }

  /** Traffic, what people do, and time. */
  async second(isWild: boolean): Promise<void> {
    if (isWild) await this.#happen();
    this.#control(isWild);
    await this.#settle();
    this.#traffic();
    this.#watchReadiness();
    await this.#clock.advance(1000);
    await this.#settle();
  }

  calm(): void {
    this.#isCalm = true;
    for (const { process } of this.#running) process.rates = CALM;
    for (const found of this.#router.running.values()) {
      delete found.state;
      found.looks = Math.min(found.looks, 3);
    }
    this.#router.slowness = 2;
    this.#router.drift = [];
  }

  async endPause(): Promise<void> {
    if (['paused', 'failed'].includes(this.#phase)) await this.#wish({ kind: 'abort' });
  }

  result(): Simulated {
    const phase = this.#phase;
    const folded = foldJournal(this.#journal.entries);
    if (!isEnd(phase)) this.#problems.push(`it never ends: ${phase}`);
    const green = folded?.state.pair.green;
    if (green && phase === 'rolled-back') this.#checkBack(green.digest);
    if (green && phase === 'done') this.#checkDone(green.digest);
    for (const entries of this.#journal.attempts)
      this.#problems.push(
        ...journalProblems(entries, {
          samples: this.#evidence.samples,
          monotonicOf: (entry) => this.#journal.monotonicOf(entry),
          hasJumped: this.#hasJumped,
        }),
      );
    const all = [...this.#problems, ...this.#router.problems];
    const events = this.#journal.attempts.flat().flatMap(({ data }) => String(data['event'] ?? ''));
    return {
      problems: [...new Set(all)].map((problem) => `seed ${this.#seed}: ${problem}`),
      ...{ phase, events: new Set(events), crashes: this.#crashes },
    };
  }

  #checkBack(green: string): void {
    if (this.#router.share(green) !== 0) this.#problems.push('green has traffic after the rollback');
    if (this.#router.running.has(green)) this.#problems.push('green runs after the rollback');
    const { serving } = this.#router;
    if (!serving || this.#router.share(serving.digest) !== 100 || !this.#router.isReady(serving.digest))
      this.#problems.push('blue does not serve after the rollback');
  }

  #checkDone(green: string): void {
    if (this.#router.serving?.digest !== green || this.#router.share(green) !== 100)
      this.#problems.push('green does not serve at the end');
    if (this.#router.running.size !== 1) this.#problems.push('more than green runs at the end');
  }

  /** One controller where there is none; now and then a second one. */
  #control(isWild: boolean): void {
    for (const { process, holder } of this.#running)
      if (process.isDead && this.#isLocal) this.#journal.forget(holder);
    const alive = this.#running.filter(({ process, isOver }) => !process.isDead && !isOver);
    this.#crashes = this.#running.filter(({ process }) => process.isDead).length;
    const isWanted = !isEnd(this.#phase) || this.#journal.entries.length === 0;
    if (!isWanted || (alive.length > 0 && !(isWild && this.#chance(0.02)))) return;
    if (alive.length === 0 && isWild && this.#chance(0.5)) return;
    this.#spawn();
  }

  #spawn(): void {
    const process = new FaultyProcess(this.#random, this.#clock);
    if (!this.#isCalm) process.rates = this.#rates;
    const holder = `controller ${this.#running.length + 1}`;
    const running: Running = { process, holder, isOver: false };
    this.#running.push(running);
    const controller = new Controller({
      ...{ config: this.#config, judge: gullibleJudge, clock: this.#clock, holder },
      random: { next: this.#random, hex: () => '00' },
      journal: process.through(this.#journal),
      router: process.through(this.#router),
      evidence: process.through(this.#evidence),
    });
    controller
      .run(signal)
      .catch(() => {})
      .finally(() => {
        running.isOver = true;
      });
  }

  async #happen(): Promise<void> {
    if (this.#chance(0.02))
      await this.#wish({ kind: this.#one('pause', 'resume', 'abort', 'rollback', 'decommission') });
    if (this.#chance(0.01))
      await this.#wish({ kind: 'promote', ...(this.#chance(0.5) ? { override: 'urgent' } : {}) });
    if (this.#chance(0.05) && this.#phase === 'paused') await this.#wish({ kind: 'resume' });
    if (this.#chance(0.008) || (this.isOver && this.#chance(0.2))) await this.begin();
    if (this.#chance(0.008)) this.#disturb();
    if (this.#chance(0.006)) this.#jump();
    if (this.#chance(0.004)) this.#model = this.#one('m1', 'm2', 'm3');
    if (this.#chance(this.#phase === 'decommissioning' ? 0.2 : 0.006)) this.#steer();
  }

  /** A version fails, for a while. */
  #disturb(): void {
    const pair = foldJournal(this.#journal.entries)?.state.pair;
    const one = (this.#chance(0.8) ? pair?.green.digest : pair?.blue?.digest) ?? '';
    const found = this.#router.running.get(one);
    if (found && (one === pair?.blue?.digest || one !== this.#router.serving?.digest))
      found.state = { state: 'failing', reason: 'it fell over' };
  }

  #jump(): void {
    const ms = Math.round((this.#random() - 0.5) * 7_200_000);
    if (ms > 0) this.#hasJumped = true;
    this.#clock.setWall(this.#clock.now() + ms);
  }

  /** Somebody else changes the route. */
  #steer(): void {
    const { weights } = this.#router;
    const green = foldJournal(this.#journal.entries)?.state.pair.green.digest;
    // What is changed between the last look and the end is nobody's to see.
    const phase = this.#phase;
    const isSeen = ['watching', 'paused', 'keeping'].includes(phase);
    const isEnding = phase === 'decommissioning' && this.#router.running.has(weights?.blue ?? '');
    if (!weights || weights.green !== green || !(isSeen || isEnding)) return;
    this.#steeredAtMs = this.#clock.monotonic();
    if (this.#chance(0.3)) this.#router.weights = null;
    else weights.weights = this.#chance(0.5) ? { blue: 100, green: 0 } : { blue: 70, green: 30 };
    this.#router.drift = this.#chance(0.5) ? ['Somebody has been here.'] : [];
  }

  #traffic(): void {
    const weights = this.#router.weights;
    if (!weights || weights.weights.green === 0 || (!this.#isCalm && this.#chance(0.3))) return;
    for (let answer = 0; answer < 2; answer += 1)
      this.#evidence.add({
        atMs: this.#clock.now(),
        isError: this.#bad.has(weights.green) && this.#chance(0.5),
        servedModel: this.#model,
      });
  }

  /** What fails loses its traffic within seconds, as long as somebody controls and can be reached. */
  #watchReadiness(): void {
    const green = this.#router.weights?.green ?? '';
    const isServed = this.#router.share(green) > 0 && !this.#router.isReady(green);
    const isQuiet = Object.values(this.#rates).every((rate) => rate === 0);
    this.#silentSeconds = isServed && isQuiet ? this.#silentSeconds + 1 : 0;
    const isWatched = this.#running.some(({ isOver }) => !isOver);
    if (isWatched && this.#silentSeconds > 20)
      this.#problems.push('green has traffic for 20 seconds and is not ready');
  }

  async #wish(wanted: Wish): Promise<void> {
    await wish(this.#journal, 'support', wanted, this.#person);
  }

  get #person() {
    return { by: 'Ada', clock: this.#clock, signal };
  }

  async #settle(): Promise<void> {
    await settled();
    await settled();
  }

  #chance(share: number): boolean {
    return this.#random() < share;
  }

  #one<T>(...values: T[]): T {
    return values[Math.floor(this.#random() * values.length)] as T;
  }
}
