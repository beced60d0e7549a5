import type { SuiteConfig } from '../engine/suites/config/suiteConfig.ts';
import type { WorkspaceConfig } from '../engine/suites/config/workspaceConfig.ts';
import type { Handlers } from '../protocol/call.ts';
import type { modelCalls } from '../protocol/modelCalls.ts';
import { findLocalServers } from './localServers.ts';
import type { Session } from './session.ts';

export function modelHandlers(session: Session): Handlers<typeof modelCalls> {
  return {
    'model/list': async (_params, signal) => {
      const { config } = await session.load(signal);
      const providers = Object.entries(config.providers).map(([name, { baseUrl, apiKey }]) => ({
        name,
        origin: URL.parse(baseUrl)?.origin ?? baseUrl,
        needsKey: apiKey !== undefined,
      }));
      return { providers, models: usedModels(config) };
    },
    'model/discover': async (_params, signal) => {
      session.requireTrust('looking for model servers');
      return { servers: await findLocalServers(signal) };
    },
  };
}

/** Models that suites use, and those that the configuration has a price for, sorted. */
export function usedModels({ providers, suites }: Pick<WorkspaceConfig, 'providers' | 'suites'>): string[] {
  const priced = Object.entries(providers).flatMap(([name, { prices }]) =>
    Object.keys(prices ?? {}).map((model) => `${name}/${model}`),
  );
  return [...new Set([...suites.flatMap(modelsOf), ...priced])].sort();
}

function modelsOf({ targets, judgeModel, judges = {}, evaluators }: SuiteConfig): string[] {
  const ofTargets = targets.flatMap((target) => ('model' in target && target.model ? [target.model] : []));
  const ofJudges = evaluators.flatMap(({ options }) =>
    typeof options['model'] === 'string' ? [options['model']] : [],
  );
  const ofSuite = judgeModel === undefined || Object.hasOwn(judges, judgeModel) ? [] : [judgeModel];
  return [...ofTargets, ...ofJudges, ...ofSuite];
}
