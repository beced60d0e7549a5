import { createKeyedClient } from '../../models/keyedClient.ts';
import type { ModelCatalog, ModelClient } from '../../models/modelClient.ts';
import { recordingCatalog, replayCatalog } from '../../models/recordings/recordingClient.ts';
import type { Environment } from '../../ports.ts';
import type { ForeignJudge, SuiteConfig } from '../../suites/config/suiteConfig.ts';
import { secretValue } from '../../targets/secrets/secretValue.ts';
import type { TargetPorts } from '../../targets/targetPorts.ts';
import { askedEnvironment, askedVariables } from './askedTarget.ts';

/** Models that judge; to be closed with the run. */
export interface JudgeCatalog extends ModelCatalog {
  close(): void;
}

/**
 * The judges of a run: models, and the programs and servers that a foreign suite names. `instead` is asked in
 * place of every other one.
 */
export function judgeCatalog(
  suite: Pick<SuiteConfig, 'judges' | 'scoreFallbacks'>,
  ports: TargetPorts,
  instead: string | undefined,
): JudgeCatalog {
  const opened = new Map<string, ModelClient>();
  const models = new Map<string, ModelClient>();
  const closing: (() => void)[] = [];

  /** One client for each, however often it is asked for. */
  function model(reference: string): ModelClient {
    const known = models.get(reference);
    if (known) return known;

    const own = ports.models.client(reference);
    const client = ports.fallbacks?.ofJudge(own, suite.scoreFallbacks ?? false) ?? own;
    models.set(reference, client);

    return client;
  }

  function open(reference: string): ModelClient {
    const known = opened.get(reference);
    if (known) return known;

    const judge = suite.judges?.[reference];
    if (!judge) return ports.models.client(reference);

    const client = asked(reference, judge);
    opened.set(reference, client);

    return client;
  }

  /** In the editor, its variables are asked for with its first call. */
  function asked(reference: string, judge: ForeignJudge): ModelClient {
    const { environment, secrets, redactor } = ports;
    if (!secrets || askedVariables(judge.secrets).length === 0) return build(reference, judge, environment);

    const config = { name: reference, location: judge.location, secrets: judge.secrets };
    const onSecret = (name: string, value: string): void => redactor.learn(secretValue(name, value));
    const { provider, model, stream, complete } = createKeyedClient({
      ...judge.identify(reference),
      endpoint: reference,
      open: async (signal) => {
        const given = await askedEnvironment({ config, environment, secrets, onSecret }, signal);
        return build(reference, judge, given);
      },
    });

    // Without an address: it is none of the judge's identity.
    return { provider, model, stream, complete };
  }

  function build(reference: string, judge: ForeignJudge, environment: Environment): ModelClient {
    const { client, close } = judge.create(reference, { ...ports, environment });
    if (close) closing.push(close);
    return client;
  }

  const identify = (reference: string) =>
    suite.judges?.[reference]?.identify(reference) ?? ports.models.client(reference);
  const programs = recorded({ client: open }, identify, ports.recordings);
  return {
    client: (written) => {
      const reference = instead ?? written;
      return suite.judges?.[reference] ? programs.client(reference) : model(reference);
    },
    close: () => {
      for (const close of closing) close();
    },
  };
}

/** A replayed program is never started. */
function recorded(
  programs: ModelCatalog,
  identify: Parameters<typeof replayCatalog>[0],
  recordings: TargetPorts['recordings'],
): ModelCatalog {
  if (!recordings) return programs;
  return recordings.mode === 'record'
    ? recordingCatalog(programs, recordings)
    : replayCatalog(identify, recordings);
}
