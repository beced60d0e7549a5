import type { ProviderConfig } from '../models/catalog.ts';
import type { ModelCatalog } from '../models/modelClient.ts';
import type { Clock, Environment, Trust } from '../ports.ts';

/** What targets are made with. */
export interface TargetPorts {
  environment: Environment;
  clock: Clock;
  trust: Trust;
  models: ModelCatalog;
  providers: Readonly<Record<string, ProviderConfig>>;
  /** The model of every prompt in this run, as `provider/model`; each target's own where absent. */
  model: string | undefined;
  /** Absolute path of the workspace. */
  root: string;
}
