import type { ModelCatalog, ModelClient } from '../models/modelClient.ts';
import { recordingCatalog, replayCatalog } from '../models/recordingClient.ts';
import type { SuiteConfig } from '../suites/suiteConfig.ts';
import type { TargetConfig } from '../suites/targetConfig.ts';
import { callerClient, callerIdentity } from '../targets/promptfoo/callerClient.ts';
import { callerOf } from './promptfooTarget.ts';
import type { TargetPorts } from './targetPorts.ts';

/** Models that judge; to be closed with the run. */
export interface JudgeCatalog extends ModelCatalog {
  close(): void;
}

/**
 * The judges of a run: models, and the programs and HTTP providers that a promptfoo suite names. `instead` is asked in
 * place of every other one.
 */
export function judgeCatalog(
  suite: Pick<SuiteConfig, 'judges'>,
  ports: TargetPorts,
  instead: string | undefined,
): JudgeCatalog {
  const opened = new Map<string, { client: ModelClient; close?(): void }>();

  function open(reference: string): ModelClient {
    const known = opened.get(reference);
    if (known) return known.client;
    const provider = suite.judges?.[reference];
    if (!provider) return ports.models.client(reference);
    const { location } = provider;
    const caller = callerOf(
      { name: reference, owner: `The judge "${reference}"`, provider, location },
      ports,
    );
    const client = callerClient(reference, {
      ...caller,
      call: async (...asked) => ports.redactor.value(await caller.call(...asked)),
    });
    opened.set(reference, { client, ...(caller.close ? { close: caller.close } : {}) });
    return client;
  }

  const programs = recorded({ client: open }, ports.recordings);
  return {
    client: (written) => {
      const reference = instead ?? written;
      return suite.judges?.[reference] ? programs.client(reference) : ports.models.client(reference);
    },
    close: () => {
      for (const { close } of opened.values()) close?.();
    },
  };
}

/** Judges that are no models, in the form in which the keys of targets are looked for. */
export function judgesAsTargets({ judges = {} }: Pick<SuiteConfig, 'judges'>): TargetConfig[] {
  return Object.entries(judges).map(([name, provider]) => {
    const { location } = provider;
    const template = { label: name, name, raw: '', location };
    return { kind: 'promptfoo', name, location, template, provider };
  });
}

/** A replayed program is never started. */
function recorded(programs: ModelCatalog, recordings: TargetPorts['recordings']): ModelCatalog {
  if (!recordings) return programs;
  return recordings.mode === 'record'
    ? recordingCatalog(programs, recordings)
    : replayCatalog(callerIdentity, recordings);
}
