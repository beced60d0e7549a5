import type { Connection } from '../../http/httpConnection.ts';
import type { Clock, Environment } from '../../ports.ts';
import { post } from '../alerts/channels/post.ts';
import { KEY_HEADER, SIGNATURE_HEADER, signatureOf, TIMESTAMP_HEADER } from '../alerts/channels/webhook.ts';
import type { EvaluationSink } from './evaluationDelivery.ts';
import { evaluationEntry } from './evaluationEntry.ts';

/** A URL that gets evaluations as JSON by POST, signed as alerts are. The secret signs, and is never sent. */
export function webhookSink(
  { url, secret }: { url: string; secret: string },
  { connection, clock, environment }: { connection: Connection; clock: Clock; environment: Environment },
): EvaluationSink {
  const address = new URL(url);
  return {
    name: `webhook ${address.origin}`,
    send: async (evaluations, signal) => {
      const key = environment.get(secret);
      if (key === undefined || key === '')
        return {
          status: 'refused',
          reason: `the environment variable ${secret} is not set, so nothing can be signed`,
        };

      const body = JSON.stringify({ version: 1, evaluations: evaluations.map(evaluationEntry) });
      const timestamp = String(Math.floor(clock.now() / 1_000));
      const headers = {
        [TIMESTAMP_HEADER]: timestamp,
        [SIGNATURE_HEADER]: `v1=${signatureOf(key, timestamp, body)}`,
        [KEY_HEADER]: `evaluations-${evaluations[0]?.seq}-${evaluations.at(-1)?.seq}`,
      };
      return post({ connection, clock, url: address, headers, body }, signal);
    },
  };
}
