import { createKeyedClient } from '../../models/keyedClient.ts';
import type { ModelCatalog, ModelClient } from '../../models/modelClient.ts';
import { recordingCatalog, replayCatalog } from '../../models/recordings/recordingClient.ts';
import type { Environment } from '../../ports.ts';
import type { PromptfooProvider } from '../../promptfoo/plan.ts';
import { callerClient, callerIdentity } from '../../promptfoo/targets/callerClient.ts';
import { callerOf } from '../../promptfoo/targets/createFromPromptfoo.ts';
import type { SuiteConfig } from '../../suites/suiteConfig.ts';
import type { TargetConfig } from '../../suites/targetConfig.ts';
import type { TargetPorts } from '../../targets/targetPorts.ts';
import { askedEnvironment, askedVariables } from './askedTarget.ts';
import { secretValue } from './configuredSecrets.ts';

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
  const opened = new Map<string, ModelClient>();
  const closing: (() => void)[] = [];

  function open(reference: string): ModelClient {
    const known = opened.get(reference);
    if (known) return known;
    const provider = suite.judges?.[reference];
    if (!provider) return ports.models.client(reference);
    const client = asked(reference, provider);
    opened.set(reference, client);
    return client;
  }

  /** In the editor, its variables are asked for with its first call. */
  function asked(reference: string, provider: PromptfooProvider): ModelClient {
    const { environment, secrets, redactor } = ports;
    const [config] = judgesAsTargets({ judges: { [reference]: provider } });
    if (!secrets || !config || askedVariables(config).length === 0) {
      return build(reference, provider, environment);
    }
    const onSecret = (name: string, value: string): void => redactor.learn(secretValue(name, value));
    const {
      provider: owner,
      model,
      complete,
    } = createKeyedClient({
      ...callerIdentity(reference),
      endpoint: reference,
      open: async (signal) =>
        build(
          reference,
          provider,
          await askedEnvironment({ config, environment, secrets, onSecret }, signal),
        ),
    });
    // Without an address: it is none of the judge's identity.
    return { provider: owner, model, complete };
  }

  function build(reference: string, provider: PromptfooProvider, environment: Environment): ModelClient {
    const { location } = provider;
    const owner = `The judge "${reference}"`;
    const caller = callerOf({ name: reference, owner, provider, location }, { ...ports, environment });
    if (caller.close) closing.push(caller.close);
    return callerClient(reference, {
      ...caller,
      call: async (...args) => ports.redactor.value(await caller.call(...args)),
    });
  }

  const programs = recorded({ client: open }, ports.recordings);
  return {
    client: (written) => {
      const reference = instead ?? written;
      return suite.judges?.[reference] ? programs.client(reference) : ports.models.client(reference);
    },
    close: () => {
      for (const close of closing) close();
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
