import type { Redactor } from '../http/redactor.ts';
import type { JsonValue } from '../model/json.ts';
import type { Fallbacks } from '../models/fallbacks/fallbacks.ts';
import type { ModelCatalog } from '../models/modelClient.ts';
import type { ProviderConfig } from '../models/modelProvider.ts';
import type { Recordings } from '../models/recordings/recordings.ts';
import type { Clock, Environment, Secrets, Trust } from '../ports.ts';
import type { ProviderGuards } from '../resilience/providerGuards.ts';
import type { AllowTokens } from './prompt/tokenAllowance.ts';

/** Runs trusted JavaScript over `output` and `context`; rejects for what it throws. */
export type RunScript = (
  code: string,
  scope: { output: JsonValue; context: JsonValue },
  options: { signal: AbortSignal },
) => Promise<JsonValue>;

/** What targets are made with. */
export interface TargetPorts {
  environment: Environment;
  clock: Clock;
  /** In the editor: where the variables of targets come from instead of the environment. */
  secrets?: Secrets;
  /** Takes the run's keys out of whatever comes back. */
  redactor: Redactor;
  trust: Trust;
  models: ModelCatalog;
  guards: ProviderGuards;
  /** What answers in place of models; absent where nothing is configured, and in a replay. */
  fallbacks?: Fallbacks | undefined;
  providers: Readonly<Record<string, ProviderConfig>>;
  /** The model of every prompt in this run, as `provider/model`; each target's own where absent. */
  model: string | undefined;
  /** Limits the output tokens of prompt targets, call by call. */
  allowTokens?: AllowTokens;
  /** Absolute path of the workspace. */
  root: string;
  /** Runs trusted scripts; undefined when scripts are not trusted. */
  runScript?: RunScript | undefined;
  /** Keeps or gives the answers of agents; prompts are recorded by their model. */
  recordings?: Recordings | undefined;
}
