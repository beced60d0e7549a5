import { statSync } from 'node:fs';
import { DEFAULT_TOKEN_MODEL } from '../engine/cost/fileTokens.ts';
import { UserError } from '../engine/errors.ts';
import type { Prompt } from '../engine/model/prompt.ts';
import type { ModelPrice, PriceTable } from '../engine/models/prices/prices.ts';
import { expectedPrice } from '../engine/models/prices/priceTable.ts';
import { BUILT_IN_PROVIDER, builtInProvider } from '../engine/suites/config/builtInProvider.ts';
import type { SuiteConfig } from '../engine/suites/config/suiteConfig.ts';
import type { WorkspaceConfig } from '../engine/suites/config/workspaceConfig.ts';
import { describeTarget } from '../engine/suites/targets/describeTarget.ts';
import { promptModel } from '../engine/suites/targets/promptModel.ts';
import { FirstCases } from './firstCases.ts';
import type { Session } from './session.ts';

/** The model that a prompt is counted for. */
export interface ChosenModel {
  model: string;
  reference: string | null;
  chosenBy: 'setting' | 'prompt' | 'suite' | 'default';
  price: ModelPrice | undefined;
}

type Config = Pick<WorkspaceConfig, 'providers' | 'suites'>;

/** How long a workspace without a configuration of its own is taken to be as it was, in milliseconds. */
const STALE_MS = 10_000;

/**
 * The models and suites of prompts. The configuration is read when its file has changed, not at each stroke of a
 * key; while it has errors, what was read before counts.
 */
export class PromptModels {
  /** Of the datasets of prompts' suites. */
  readonly firstCases = new FirstCases();
  readonly #session: Session;
  #stamp: string | undefined;
  #config: Config | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  async config(signal: AbortSignal): Promise<Config> {
    const stamp = this.#currentStamp();
    if (this.#config && stamp === this.#stamp) return this.#config;
    try {
      this.#config = (await this.#session.load(signal)).config;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#config ??= {
        providers: { [BUILT_IN_PROVIDER]: builtInProvider(this.#session.environment) },
        suites: [],
      };
    }
    this.#stamp = stamp;
    return this.#config;
  }

  /** The suites that test a prompt; `path` is relative to the workspace. */
  async suitesOf(path: string, signal: AbortSignal): Promise<SuiteConfig[]> {
    const { suites } = await this.config(signal);
    return suites.filter(({ targets }) =>
      targets.some((target) => 'prompt' in target && target.prompt?.path === path),
    );
  }

  /** `setting` is the person's choice for this window, as `provider/model`. */
  async choose(prompt: Prompt, setting: string | null, signal: AbortSignal): Promise<ChosenModel> {
    const { providers } = await this.config(signal);
    if (setting !== null) return chosen(setting, 'setting', providers);
    if (prompt.model.id !== undefined) return chosen(referenceOf(prompt, providers), 'prompt', providers);
    const [ofSuite] = (await this.suitesOf(prompt.path, signal))
      .flatMap(({ targets }) => targets)
      .map((target) => describeTarget(target).capabilities)
      .flatMap(({ promptFile, model }) => (promptFile === prompt.path ? (model?.reference ?? []) : []));
    if (ofSuite !== undefined) return chosen(ofSuite, 'suite', providers);
    return chosen(`${BUILT_IN_PROVIDER}/${DEFAULT_TOKEN_MODEL}`, 'default', providers);
  }

  #currentStamp(): string {
    const { configFile, ports } = this.#session;
    if (configFile === undefined) return `none:${Math.floor(ports.clock.now() / STALE_MS)}`;
    const found = statSync(configFile, { throwIfNoEntry: false, bigint: true });
    return found ? `${found.ino}:${found.size}:${found.mtimeNs}` : '';
  }
}

type Providers = { readonly [name: string]: { baseUrl: string; prices?: PriceTable } };

function chosen(reference: string, chosenBy: ChosenModel['chosenBy'], providers: Providers): ChosenModel {
  const price = expectedPrice(reference, providers);
  return { model: reference.slice(reference.lastIndexOf('/') + 1), reference, chosenBy, price };
}

/** As the prompt names it, where no provider of it is configured. */
function referenceOf(prompt: Prompt, providers: WorkspaceConfig['providers']): string {
  try {
    return promptModel(prompt, providers);
  } catch (error) {
    if (error instanceof UserError) return prompt.model.id ?? '';
    throw error;
  }
}
