import { reviveServed } from '../engine/deploy/routers/local/reviveServed.ts';
import type { RouteControl } from '../engine/deploy/routers/local/routeControl.ts';
import { UserError } from '../engine/errors.ts';
import type { Clock, Environment, Random } from '../engine/ports.ts';
import type { DeploymentConfig } from '../engine/suites/deploying/deploymentConfig.ts';
import type { ConfigurationFile, ConfigurationReader } from './configurationFile.ts';

export interface ServedProgramsOptions {
  root: string;
  configuration: ConfigurationFile;
  control: RouteControl;
  isServing(): boolean;
  environment: Environment;
  clock: Clock;
  random: Random;
}

/** The agent programs that deployments have left serving go on, also after the machine was started anew. */
export class ServedPrograms {
  readonly #options: ServedProgramsOptions;
  readonly #reader: ConfigurationReader;
  #deployments: readonly DeploymentConfig[] = [];

  constructor(options: ServedProgramsOptions) {
    this.#options = options;
    this.#reader = options.configuration.follow();
  }

  /** Called from time to time. What cannot be started now is tried again then. */
  async look(signal: AbortSignal): Promise<void> {
    const read = await this.#reader.read();
    if (read !== undefined) this.#deployments = read?.config.deployments ?? [];
    if (!this.#options.isServing()) return;

    for (const { name, router, versions } of this.#deployments)
      try {
        if (router.kind === 'local')
          await reviveServed({ ...this.#options, deployment: name, route: router.route, versions }, signal);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
      }
  }
}
