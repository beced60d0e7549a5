import type { DeploymentStatus } from '../engine/deploy/deploymentStatus.ts';
import type { DeploymentPhase } from '../engine/deploy/machine/phase.ts';
import { UserError } from '../engine/errors.ts';
import { isOver } from '../engine/model/deploymentFigures.ts';
import type { Clock } from '../engine/ports.ts';
import type { DeploymentEntry } from '../protocol/deploymentEntries.ts';
import type {
  DeploymentAct,
  DeploymentPlan,
  DeploymentStart,
  DeploymentWanted,
} from '../protocol/deploymentParams.ts';
import { deploymentEntryOf } from './deploymentEntry.ts';

/** After which a controller that failed is started again, and those of others are looked at, in milliseconds. */
const RETRY_MS = 5_000;

/** How long who asks for something waits for its controller to take it, in milliseconds. */
const TAKEN_MS = 2_000;

/** Begins, steers and drives deployments; each is told by its journal. */
export interface DeploymentDesk {
  /** Moves nothing. Rejects with UserErrors. */
  plan(wanted: DeploymentWanted, signal: AbortSignal): Promise<DeploymentPlan>;
  /** Writes the beginning into the journal. Rejects with UserErrors. */
  begin(wanted: DeploymentStart, signal: AbortSignal): Promise<void>;
  /** Writes what a person wants into the journal. Rejects with UserErrors. */
  act(wanted: DeploymentAct, signal: AbortSignal): Promise<void>;
  /** Answers to what has not ended are evaluated from now on, before anybody drives it. Rejects with UserErrors. */
  prepare(signal: AbortSignal): Promise<void>;
  /** Of all deployments that have begun. */
  statuses(signal: AbortSignal): Promise<DeploymentStatus[]>;
  /**
   * Until the deployment has ended or the signal is aborted; resolves to the phase, or to null where another controller has it. Rejects with
   * what kept it from going on.
   */
  drive(
    deployment: string,
    onChange: (status: DeploymentStatus) => void,
    signal: AbortSignal,
  ): Promise<DeploymentPhase | null>;
}

export interface LiveDeploymentsOptions {
  desk: DeploymentDesk;
  clock: Clock;
  /** What it tells of itself has changed. */
  onChange(): void;
  onBug(error: unknown): void;
}

/** The deployments that this process drives: each until it ends, also after a crash of its controller. */
export class LiveDeployments {
  readonly #options: LiveDeploymentsOptions;
  readonly #closing = new AbortController();
  readonly #entries = new Map<string, DeploymentEntry>();
  readonly #problems = new Map<string, string>();
  readonly #driven = new Map<string, Promise<void>>();
  /** Wakes those that wait before they try again. */
  #again = Promise.withResolvers<void>();
  /** Wakes those that wait until a controller tells something. */
  #told = Promise.withResolvers<void>();

  constructor(options: LiveDeploymentsOptions) {
    this.#options = options;
  }

  get status(): { entries: DeploymentEntry[]; problems: string[] } {
    return {
      entries: [...this.#entries.values()],
      problems: [...this.#problems].map(([deployment, message]) => `${deployment}: ${message}`),
    };
  }

  /** Goes on when nobody is attached. */
  get isKept(): boolean {
    return this.#driven.size > 0;
  }

  /** Before the first answer is received, so that each of them is evaluated. */
  prepare(): Promise<void> {
    return this.#options.desk.prepare(this.#closing.signal);
  }

  /** Takes up what has not ended. */
  async goOn(): Promise<void> {
    await this.#look();
    for (const entry of this.#entries.values()) if (!isOver(entry)) this.#drive(entry.deployment);
  }

  plan(wanted: DeploymentWanted): Promise<DeploymentPlan> {
    return this.#options.desk.plan(wanted, this.#closing.signal);
  }

  async start(wanted: DeploymentStart): Promise<void> {
    await this.#options.desk.begin(wanted, this.#closing.signal);
    await this.#follow(wanted.deployment);
  }

  async act(wanted: DeploymentAct): Promise<void> {
    await this.#options.desk.act(wanted, this.#closing.signal);
    await this.#follow(wanted.deployment);
  }

  /** Deployments stay where they are, for the next process. */
  async close(): Promise<void> {
    this.#closing.abort('closed');
    await Promise.all(this.#driven.values());
  }

  /** Shows what was written, and drives it from now on. */
  async #follow(deployment: string): Promise<void> {
    await this.#look();
    const entry = this.#entries.get(deployment);
    if (!entry || isOver(entry)) return;
    this.#drive(deployment);
    this.#again.resolve();
    this.#again = Promise.withResolvers();
    await this.#sleep(TAKEN_MS, this.#told.promise);
  }

  async #look(): Promise<void> {
    for (const status of await this.#options.desk.statuses(this.#closing.signal))
      if (!this.#isKnown(status)) this.#put(status);
    this.#options.onChange();
  }

  /** Its controller has told more of this very moment than the journal does. */
  #isKnown({ deployment, journal }: DeploymentStatus): boolean {
    const told = this.#entries.get(deployment)?.journal.at(-1)?.seq;
    return this.#driven.has(deployment) && told !== undefined && told === journal.at(-1)?.seq;
  }

  #drive(deployment: string): void {
    if (this.#driven.has(deployment) || this.#closing.signal.aborted) return;
    const driving = this.#keepDriving(deployment).finally(() => {
      this.#driven.delete(deployment);
      this.#options.onChange();
    });
    this.#driven.set(deployment, driving);
  }

  /** Neither an error nor another controller ends it: the deployment does. */
  async #keepDriving(deployment: string): Promise<void> {
    const { desk, onBug } = this.#options;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        const phase = await desk.drive(deployment, (status) => this.#show(status), signal);
        this.#problems.delete(deployment);
        // One that failed goes on once a person says how.
        if (phase !== null && (phase === 'failed' || isOver({ phase }))) return await this.#look();
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof UserError)) onBug(error);
        this.#problems.set(deployment, error instanceof Error ? error.message : String(error));
        this.#options.onChange();
      }
      this.#wakeAskers();
      await this.#sleep(RETRY_MS, this.#again.promise);
      // Another controller may have ended it meanwhile.
      if (!signal.aborted && (await this.#hasEnded(deployment))) return;
    }
  }

  #show(status: DeploymentStatus): void {
    this.#problems.delete(status.deployment);
    this.#put(status);
    this.#options.onChange();
    this.#wakeAskers();
  }

  #wakeAskers(): void {
    this.#told.resolve();
    this.#told = Promise.withResolvers();
  }

  #put(status: DeploymentStatus): void {
    this.#entries.set(status.deployment, deploymentEntryOf(status));
  }

  async #hasEnded(deployment: string): Promise<boolean> {
    try {
      await this.#look();
    } catch (error) {
      if (!(error instanceof UserError)) this.#options.onBug(error);
      return false;
    }
    const entry = this.#entries.get(deployment);
    return entry === undefined || isOver(entry);
  }

  /** Less where something happens before. */
  async #sleep(ms: number, before: Promise<void>): Promise<void> {
    const done = new AbortController();
    const until = AbortSignal.any([this.#closing.signal, done.signal]);
    const later = this.#options.clock.sleep(ms, until).catch(() => {});
    await Promise.race([later, before]);
    done.abort('awake');
  }
}
