import path from 'node:path';
import { ConfigError } from '../engine/errors.ts';
import { parseYaml } from '../engine/files/formats/parseYaml.ts';
import type { EvaluatorSpec } from '../engine/model/evaluation.ts';
import { addMonitor } from '../engine/suites/monitoring/addMonitor.ts';
import { unfitFor } from '../engine/suites/monitoring/unfitEvaluators.ts';
import { MetricStore } from '../engine/telemetry/metrics/metricStore.ts';
import { metricStorePath } from '../engine/telemetry/metrics/metricStoreFormat.ts';
import type { Handlers } from '../protocol/call.ts';
import type { monitorCalls } from '../protocol/monitorCalls.ts';
import type { Session } from './session.ts';
import { textEdits } from './textEdits.ts';

export function monitorHandlers(session: Session): Handlers<typeof monitorCalls> {
  return {
    'monitor/choices': async (_params, signal) => {
      const { config } = await session.load(signal);
      const { configFile } = session;
      // Evaluators of another tool's file cannot be copied.
      const own = config.suites.filter(
        ({ location }) => configFile && path.basename(configFile) === location.path,
      );
      return {
        names: (config.monitors ?? []).map(({ name }) => name),
        suites: own.map(({ name, evaluators }) => ({ name, evaluators: evaluators.map(choiceOf) })),
        services: services(session.root),
      };
    },

    'monitor/add': ({ text, ...monitor }) => {
      session.requireTrust('writing monitors');
      const { configFile } = session;
      if (configFile === undefined)
        throw new ConfigError('there is no touchstone.yaml to add a monitor to', {
          remedy: 'Create one with the command “Touchstone: Create First Evaluation…”.',
        });
      const shown = path.basename(configFile);
      const after = addMonitor({ path: shown, text }, monitor);
      const { line } = parseYaml(after, shown).locateKey(['monitors', monitor.name]);
      return { edits: textEdits(text, after), line };
    },
  };
}

function choiceOf(spec: EvaluatorSpec, at: number) {
  return { at, name: spec.name, type: spec.type, unfit: unfitFor(spec)?.message ?? null };
}

function services(root: string): string[] {
  const store = new MetricStore(metricStorePath(root), { access: 'read' });
  try {
    return store.values('service');
  } finally {
    store.close();
  }
}
