import { TokenBudgets } from '../../cost/budgets/tokenBudgets.ts';
import type { openDataset } from '../../datasets/dataset.ts';
import type { ScriptRunners } from '../../evaluators/scripts/scriptRunner.ts';
import { Redactor } from '../../http/redactor.ts';
import { defined } from '../../model/defined.ts';
import type { CachesConfig, FallbacksConfig } from '../../models/fallbacks/config.ts';
import { Fallbacks } from '../../models/fallbacks/fallbacks.ts';
import type { ProviderConfig } from '../../models/modelProvider.ts';
import type { Recordings } from '../../models/recordings/recordings.ts';
import type { Clock, Environment, Log, Random, Secrets, Trust } from '../../ports.ts';
import type { RunStore } from '../../store/runStore.ts';
import type { SuiteConfig } from '../../suites/config/suiteConfig.ts';
import type { Workspace } from '../../suites/loadWorkspace.ts';
import { describeTarget } from '../../suites/targets/describeTarget.ts';
import type { TargetConfig } from '../../suites/targets/targetConfig.ts';
import { referredVariables } from '../../targets/secrets/environmentReference.ts';
import type { TargetSecrets } from '../../targets/secrets/targetSecrets.ts';
import type { RunScript, TargetPorts } from '../../targets/targetPorts.ts';
import type { CaseSource } from '../execution/runInputs.ts';
import type { Places } from '../lanes/places.ts';
import { configuredSecrets } from './configuredSecrets.ts';
import type { EngineModels, RunModels } from './engineModels.ts';
import { openRecordings, type RecordingChoice, stillClock } from './recordedRun.ts';
import { scriptRunners } from './scriptRunners.ts';

/** What the engine hands to preparation. */
export interface PreparePorts {
  clock: Clock;
  random: Random;
  environment: Environment;
  trust: Trust;
  secrets?: Secrets;
  log: Log;
  /** All runs of an engine ask the same ones. */
  models: EngineModels;
  /** Programs that run at the same time, in any run of the engine. */
  programs: Places;
  /** Holds the runs that can be judged anew. */
  store: RunStore;
  /** How datasets are opened, where it is not to be done in place. */
  openDataset?: typeof openDataset;
}

/** Where files are, and the models that are configured there: the workspace, or a revision of it. */
export interface Place {
  /** Absolute. */
  root: string;
  providers: Readonly<Record<string, ProviderConfig>>;
  fallbacks?: FallbacksConfig | undefined;
  caches?: CachesConfig | undefined;
}

export function placeOf({ root, config }: Pick<Workspace, 'root' | 'config'>): Place {
  const { providers, fallbacks, caches } = config;
  return { root, providers, fallbacks, caches };
}

/** What a place configures with keys, beside its providers. */
interface Configured {
  place: Place;
  targets: readonly TargetConfig[];
  judges?: SuiteConfig['judges'] | undefined;
}

interface ScopeOptions {
  /** Whatever is configured with keys, by its place. */
  configured: readonly Configured[];
  recordings?: RecordingChoice | undefined;
  adaptiveBudgets: boolean;
}

/** What the two halves of a run stand on, one for each run: its keys, models, recordings, budgets and script runners. */
export class RunScope {
  readonly ports: PreparePorts;
  readonly redactor: Redactor;
  readonly recordings: Recordings | undefined;
  readonly budgets: TokenBudgets | undefined;
  /** Takes the place of the engine's clock in a replay. */
  readonly replayClock: Clock | undefined;
  readonly #models = new Map<Place['providers'], RunModels>();
  readonly #fallbacks = new Map<Place['providers'], Fallbacks>();
  readonly #runners = new Map<string, ScriptRunners | undefined>();

  constructor(ports: PreparePorts, { configured, recordings, adaptiveBudgets }: ScopeOptions) {
    this.ports = ports;
    this.redactor = new Redactor(
      configured.flatMap((one) => configuredSecrets(one.place.providers, secretsIn(one), ports.environment)),
    );
    this.recordings =
      recordings &&
      openRecordings(recordings, { random: ports.random, clock: ports.clock, redactor: this.redactor });
    this.budgets = adaptiveBudgets ? new TokenBudgets() : undefined;
    this.replayClock = this.recordings?.mode === 'replay' ? stillClock(ports.clock) : undefined;
  }

  models({ providers }: Pick<Place, 'providers'>): RunModels {
    const known =
      this.#models.get(providers) ?? this.ports.models.open(providers, this.redactor, this.recordings);
    this.#models.set(providers, known);
    return known;
  }

  /** Undefined where nothing is configured: then models answer for themselves alone, as in a replay. */
  fallbacks(place: Place): Fallbacks | undefined {
    const { providers, fallbacks, caches } = place;
    if (this.replayClock || (!fallbacks && !caches)) return undefined;

    const { store, clock, log } = this.ports;
    const { guards } = this.ports.models;
    const onFallback = (provider: string) => guards.fellBack(provider);
    const asked = Object.entries(providers).map(([name, { headers = {} }]) => {
      return [name, { headers, variables: referredVariables(headers, this.ports.environment) }] as const;
    });
    const ports = {
      models: this.models(place),
      providers: Object.fromEntries(asked),
      store: store.replies,
      clock,
      log,
      onFallback,
    };
    const known =
      this.#fallbacks.get(providers) ??
      new Fallbacks({ fallbacks, caches: this.#cachesOf(caches) }, { ...ports, redactor: this.redactor });
    this.#fallbacks.set(providers, known);
    return known;
  }

  runners({ root }: Pick<Place, 'root'>): ScriptRunners | undefined {
    const known = this.#runners.get(root) ?? scriptRunners(root, this.ports);
    this.#runners.set(root, known);
    return known;
  }

  /** What targets of a place are made with; `model` takes the place of their own. */
  targetPorts(place: Place, model: string | undefined): TargetPorts {
    const { environment, secrets, trust, clock } = this.ports;

    return {
      environment,
      trust,
      clock: this.replayClock ?? clock,
      root: place.root,
      models: this.models(place),
      guards: this.ports.models.guards,
      fallbacks: this.fallbacks(place),
      providers: place.providers,
      model,
      recordings: this.recordings,
      redactor: this.redactor,
      runScript: this.#runScript(place),
      ...defined({ secrets, allowTokens: this.budgets ? this.budgets.allowance : undefined }),
    };
  }

  #runScript(place: Place): RunScript | undefined {
    const runner = this.runners(place)?.javascript;
    return (
      runner &&
      ((code, { output, context }, options) =>
        runner.run({ kind: 'script', code, args: [output, context] }, options))
    );
  }

  /** Fetches the keys of the models that were asked for. Throws ConfigError when one is missing. */
  async ready(signal: AbortSignal): Promise<void> {
    for (const models of this.#models.values()) await models.ready(signal);
  }

  /** Learns from the dataset when similar questions may have the same answer. */
  async calibrate(source: CaseSource, signal: AbortSignal): Promise<void> {
    for (const fallbacks of this.#fallbacks.values())
      await fallbacks.calibrate(() => source.batches({ signal }), signal);
  }

  async close(): Promise<void> {
    for (const fallbacks of this.#fallbacks.values()) await fallbacks.close();
    for (const models of this.#models.values()) models.close();
    const runners = [...this.#runners.values()].flatMap((of) => Object.values(of ?? {}));
    await Promise.all(runners.map((runner) => runner.close()));
  }

  /** What is recorded has to be asked. */
  #cachesOf(caches: CachesConfig | undefined): CachesConfig | undefined {
    if (!this.recordings || !caches?.exact) return caches;
    return { ...caches, exact: { ...caches.exact, mode: 'fallback' } };
  }
}

function secretsIn({ targets, judges = {} }: Configured): TargetSecrets[] {
  return [
    ...targets.map((target) => describeTarget(target).capabilities.secrets),
    ...Object.values(judges).map(({ secrets }) => secrets),
  ];
}
