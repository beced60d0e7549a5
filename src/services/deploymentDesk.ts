import os from 'node:os';
import { Controller, DeploymentControlled } from '../engine/deploy/controller/controller.ts';
import type { DeploymentStatus } from '../engine/deploy/deploymentStatus.ts';
import { monitorOf } from '../engine/deploy/evidence/monitorOf.ts';
import { openEvidence } from '../engine/deploy/evidence/openEvidence.ts';
import { beginDeployment } from '../engine/deploy/journal/beginDeployment.ts';
import { type Folded, foldJournal } from '../engine/deploy/journal/foldJournal.ts';
import type { Journal } from '../engine/deploy/journal/journal.ts';
import { UnreadableJournal } from '../engine/deploy/journal/unreadableJournal.ts';
import { wish } from '../engine/deploy/journal/wish.ts';
import { judgeStep } from '../engine/deploy/judge/judgeStep.ts';
import { isEnd } from '../engine/deploy/machine/machineState.ts';
import type { DeploymentPhase } from '../engine/deploy/machine/phase.ts';
import { shownName } from '../engine/deploy/shownName.ts';
import type { Version } from '../engine/deploy/sides.ts';
import { statusOf } from '../engine/deploy/status/statusOf.ts';
import { UsageError, UserError } from '../engine/errors.ts';
import type { Clock, Environment, Log, Random } from '../engine/ports.ts';
import type { Owner } from '../engine/store/lease.ts';
import type { DeploymentConfig } from '../engine/suites/deploying/deploymentConfig.ts';
import type { Workspace } from '../engine/suites/loadWorkspace.ts';
import type { MonitorConfig } from '../engine/suites/monitoring/monitorConfig.ts';
import type {
  DeploymentAct,
  DeploymentPlan,
  DeploymentStart,
  DeploymentWanted,
} from '../protocol/deploymentParams.ts';
import type { DeploymentPlaces } from './deploymentPlaces.ts';
import type { DeploymentDesk } from './liveDeployments.ts';
import { unapprovedBecause, versionNamed } from './versionNamed.ts';

export interface DeskOptions {
  root: string;
  /** As touchstone.yaml says now. Rejects with UserErrors. */
  load(): Promise<Workspace>;
  /** What is steered, and where the journal of it is. */
  places: DeploymentPlaces;
  clock: Clock;
  random: Random;
  /** Keys of judges are read from it. */
  environment: Environment;
  owner: Owner;
  /** Who controls, for people: unique among all controllers. */
  holder: string;
  log: Log;
  /** Evaluations by these are wanted from now on. */
  onMonitors(monitors: readonly MonitorConfig[]): void;
}

interface Known {
  workspace: Workspace;
  config: DeploymentConfig;
}

/** Deployments of a workspace: begun and steered by entries of their journals, driven by a controller each. */
export class WorkspaceDesk implements DeploymentDesk {
  readonly #options: DeskOptions;
  readonly #monitors = new Map<string, MonitorConfig>();

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  async plan(wanted: DeploymentWanted, signal: AbortSignal): Promise<DeploymentPlan> {
    const { workspace, config } = await this.#known(wanted.deployment);
    const green = versionNamed(config, wanted.to, workspace.root);
    const { router, journal, context } = await this.#options.places.open(workspace, config);
    try {
      const underWay = await readUnderWay(journal, config.name, signal);
      const blue = underWay ? underWay.state.pair.blue : await router.current(signal);
      return {
        deployment: config.name,
        where: await router.describe(signal),
        context,
        from: blue && shownName(blue),
        to: shownName(green),
        steps: config.policy.steps.map((step) => ({ ...step })),
        warnings: warningsOf(config, green, underWay),
        unapproved: unapprovedBecause(green, workspace.root),
      };
    } finally {
      await router.close();
    }
  }

  async begin({ deployment, to, where, override }: DeploymentStart, signal: AbortSignal): Promise<void> {
    const { workspace, config } = await this.#known(deployment);
    const green = versionNamed(config, to, workspace.root);
    const unapproved = unapprovedBecause(green, workspace.root);
    if (unapproved !== null && override === undefined)
      throw new UsageError(`${unapproved}, so it is deployed only with a reason`, {
        remedy: 'Evaluate it and make a release of the run, or give a reason with --override.',
      });

    const { clock, places } = this.#options;
    const { router, journal } = await places.open(workspace, config);
    try {
      const now = await router.describe(signal);
      if (now !== where)
        throw new UsageError(`${now} would be steered, and ${where} was confirmed`, { remedy: 'Try again.' });
      const underWay = await readUnderWay(journal, deployment, signal);
      const blue = underWay ? underWay.state.pair.blue : await router.current(signal);
      const by = unapproved === null ? person() : `${person()} (although ${unapproved}: ${override})`;
      places.remember(config);
      await beginDeployment({ journal, config, pair: { blue, green }, by, clock, signal });
    } finally {
      await router.close();
    }
  }

  async act({ deployment, action, reason }: DeploymentAct, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const journal = await this.#journalFor(deployment, signal);
    const wanted =
      action !== 'promote'
        ? { kind: action }
        : { kind: action, ...(reason === undefined ? {} : { override: reason }) };
    const written = await wish(journal, deployment, wanted, { by: person(), clock, signal });
    if (!written)
      throw new UsageError(`the deployment '${deployment}' has ended, or has not begun`, {
        remedy: `Begin one with: touchstone deploy start ${deployment} --to VERSION`,
      });
  }

  async statuses(signal: AbortSignal): Promise<DeploymentStatus[]> {
    const all: DeploymentStatus[] = [];
    const unreadable: string[] = [];
    const { places } = this.#options;
    for (const journal of places.journals())
      for (const name of await journal.list(signal)) {
        const controller = places.holderOf(name);
        const live = { observed: null, report: null, controller };
        const status = statusOf({ name }, await journal.read(name, signal), live);
        if (status) all.push(status);
        else unreadable.push(name);
      }
    all.push(...(await this.#clusterStatuses(signal)));
    // One of them keeps nobody from the others.
    const [first] = unreadable;
    if (all.length === 0 && first !== undefined) throw new UnreadableJournal(first);
    return all;
  }

  /** A cluster that cannot be asked keeps nobody from the others. */
  async #clusterStatuses(signal: AbortSignal): Promise<DeploymentStatus[]> {
    const { places, log, load } = this.#options;
    const names = places.remembered;
    if (names.length === 0) return [];

    const all: DeploymentStatus[] = [];
    for (const config of (await load()).config.deployments ?? []) {
      if (!names.includes(config.name)) continue;
      try {
        const journal = places.clusterJournalOf(config);
        const entries = (await journal?.read(config.name, signal)) ?? [];
        const controller = (await journal?.holderOf(config.name, signal)) ?? null;
        const status = statusOf({ name: config.name }, entries, { observed: null, report: null, controller });
        if (status) all.push(status);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        log.write('warn', `deployment ${config.name}: ${error.message}`);
      }
    }
    return all;
  }

  async prepare(signal: AbortSignal): Promise<void> {
    const { places, load } = this.#options;
    for (const journal of places.journals())
      for (const name of await journal.list(signal)) {
        if (!(await readUnderWay(journal, name, signal))) continue;
        const workspace = await load();
        const config = workspace.config.deployments?.find((one) => one.name === name);
        if (config) this.#evaluate(workspace, config);
      }
  }

  async drive(
    deployment: string,
    onChange: (status: DeploymentStatus) => void,
    signal: AbortSignal,
  ): Promise<DeploymentPhase | null> {
    const { workspace, config } = await this.#known(deployment);
    const { clock, random, environment, owner, log, places, holder } = this.#options;
    const { router, journal } = await places.open(workspace, config);
    const gate = workspace.config.suites.find(({ name }) => name === config.suite)?.gate;
    const [begun] = await journal.read(deployment, signal);
    const evidence = openEvidence({
      ...{ workspace, config, router, clock, random, environment, owner, log },
      ...(begun ? { beganMs: begun.atMs } : {}),
      onSpent: () => this.#evaluateNoMore(deployment),
    });
    this.#evaluate(workspace, config);
    try {
      const controller = new Controller({
        ...{ config, journal, router, evidence, clock, random, onChange },
        judge: (judged, step, found, nowMs) => judgeStep(judged, gate, step, found, nowMs),
        holder,
      });
      return await controller.run(signal);
    } catch (error) {
      if (error instanceof DeploymentControlled) return null;
      throw error;
    } finally {
      this.#evaluateNoMore(deployment);
      await router.close();
    }
  }

  #evaluate(workspace: Workspace, config: DeploymentConfig): void {
    const monitor = monitorOf(workspace, config);
    if (monitor) this.#monitors.set(config.name, monitor);
    this.#tellMonitors();
  }

  #evaluateNoMore(deployment: string): void {
    if (this.#monitors.delete(deployment)) this.#tellMonitors();
  }

  #tellMonitors(): void {
    this.#options.onMonitors([...this.#monitors.values()]);
  }

  /** A deployment under way on this machine is stopped also where touchstone.yaml is broken, or does not name it any more. */
  async #journalFor(deployment: string, signal: AbortSignal): Promise<Journal> {
    const { places } = this.#options;
    try {
      const { config } = await this.#known(deployment);
      places.remember(config);
      return places.journalOf(config);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      for (const journal of places.journals())
        if (await readUnderWay(journal, deployment, signal)) return journal;
      throw error;
    }
  }

  async #known(name: string): Promise<Known> {
    const workspace = await this.#options.load();
    const deployments = workspace.config.deployments ?? [];
    const config = deployments.find((one) => one.name === name);
    if (config) return { workspace, config };
    const names = deployments.map((one) => one.name);
    throw new UsageError(`there is no deployment '${name}' in touchstone.yaml`, {
      remedy: names.length === 0 ? 'Add it under "deployments".' : `Choose from: ${names.join(', ')}`,
    });
  }
}

async function readUnderWay(
  journal: Journal,
  deployment: string,
  signal: AbortSignal,
): Promise<Folded | undefined> {
  const entries = await journal.read(deployment, signal);
  const folded = foldJournal(entries);
  if (entries.length > 0 && !folded) throw new UnreadableJournal(deployment);
  return folded && !isEnd(folded.state.phase) ? folded : undefined;
}

function warningsOf(config: DeploymentConfig, green: Version, underWay: Folded | undefined): string[] {
  const before = underWay?.state.pair.green;
  return [
    ...(before && before.digest !== green.digest
      ? [`${before.name} is being deployed: it is taken back first, and its evidence is discarded.`]
      : []),
    ...(config.suite === undefined
      ? ['No suite holds its steps: errors, latency and cost alone decide.']
      : []),
  ];
}

function person(): string {
  try {
    return os.userInfo().username;
  } catch {
    // A user without a name, as in some containers.
    return 'somebody';
  }
}
