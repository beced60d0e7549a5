import * as vscode from 'vscode';
import { isOver } from '../../engine/model/deploymentFigures.ts';
import type { DeploymentChoices } from '../../protocol/deploymentCalls.ts';
import type { DeploymentEntry } from '../../protocol/deploymentEntries.ts';
import type { ServicesState } from '../../protocol/receiverCalls.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Output } from '../output/output.ts';
import type { WorkspaceListing } from '../views/workspaceListing.ts';

export type ConfiguredDeployment = DeploymentChoices['deployments'][number];

/** What this window knows of the deployments of its workspace, which a process of its own drives. */
export class DeploymentFeed implements vscode.Disposable {
  readonly #engine: EngineClient;
  readonly #output: Output;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[];
  #entries: readonly DeploymentEntry[] = [];
  #problems: readonly string[] = [];
  #configured: readonly ConfiguredDeployment[] = [];
  #told = '';
  readonly onDidChange = this.#changed.event;

  constructor(engine: EngineClient, listing: WorkspaceListing, output: Output) {
    this.#engine = engine;
    this.#output = output;
    this.#subscriptions = [
      this.#changed,
      engine.on('receiver/changed', (state) => this.put(state)),
      engine.onDidChangeState(({ state }) => {
        if (state === 'ready') void this.look();
      }),
      // Deployments are added and taken away in the configuration, versions as files beside it.
      listing.onDidList(() => void this.#readConfigured()),
    ];
  }

  /** Those that go on and those that have ended, as far as somebody tells of them. */
  get entries(): readonly DeploymentEntry[] {
    return this.#entries;
  }

  get problems(): readonly string[] {
    return this.#problems;
  }

  get configured(): readonly ConfiguredDeployment[] {
    return this.#configured;
  }

  /** Of which something goes on. */
  get running(): DeploymentEntry[] {
    return this.#entries.filter((entry) => !isOver(entry));
  }

  entry(deployment: string): DeploymentEntry | undefined {
    return this.#entries.find((entry) => entry.deployment === deployment);
  }

  /** One may go on already: it does while windows are closed. */
  async look(): Promise<void> {
    if (!vscode.workspace.isTrusted) return;
    await this.#readConfigured();
    await this.#quietly(async () => this.put(await this.#engine.call('deployment/look', {})));
  }

  put(state: ServicesState): void {
    // Killed, and started again at this moment: it goes on as it was.
    if (state.state === 'attaching') return;
    if (state.state === 'attached') {
      const { entries, problems } = state.status.deployments;
      this.#entries = entries;
      this.#problems = problems;
    } else {
      // What was seen last stays: a process that has ended moves nothing.
      this.#entries = this.#entries.map((entry) => ({ ...entry, controller: null }));
    }
    this.#tell();
  }

  async #readConfigured(): Promise<void> {
    if (!vscode.workspace.isTrusted) return;
    await this.#quietly(async () => {
      const { deployments } = await this.#engine.call('deployment/choices', {});
      this.#configured = deployments;
      this.#tell();
    });
  }

  async #quietly(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#output.log('debug', `deployments were not read: ${String(error)}`);
    }
  }

  #tell(): void {
    const now = JSON.stringify([this.#entries, this.#problems, this.#configured]);
    if (now === this.#told) return;
    this.#told = now;
    this.#changed.fire();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}
