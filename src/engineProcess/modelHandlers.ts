import type { SuiteConfig } from '../engine/suites/suiteConfig.ts';
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
      const priced = Object.entries(config.providers).flatMap(([name, { prices }]) =>
        Object.keys(prices ?? {}).map((model) => `${name}/${model}`),
      );
      const models = new Set([...config.suites.flatMap(modelsOf), ...priced]);
      return { providers, models: [...models].sort() };
    },
    'model/discover': async (_params, signal) => {
      session.requireTrust('looking for model servers');
      return { servers: await findLocalServers(signal) };
    },
  };
}

function modelsOf({ targets, judgeModel, evaluators }: SuiteConfig): string[] {
  const ofTargets = targets.flatMap((target) => ('model' in target && target.model ? [target.model] : []));
  const ofJudges = evaluators.flatMap(({ options }) =>
    typeof options['model'] === 'string' ? [options['model']] : [],
  );
  return [...ofTargets, ...ofJudges, ...(judgeModel === undefined ? [] : [judgeModel])];
}
