import { createHmac } from 'node:crypto';
import type { Connection } from '../../../http/httpConnection.ts';
import type { Clock, Environment } from '../../../ports.ts';
import type { AlertNotice } from '../alertNotice.ts';
import { traceCommand } from '../alertWords.ts';
import type { Channel } from './channel.ts';
import { post } from './post.ts';

/** When it was sent, in seconds since the epoch. Receivers refuse what is older than a few minutes. */
export const TIMESTAMP_HEADER = 'touchstone-timestamp';
/** `v1=` and the HMAC-SHA256 of the timestamp, a full stop and the body, in hexadecimal. */
export const SIGNATURE_HEADER = 'touchstone-signature';
/** The same for the same transition, however often it is sent. */
export const KEY_HEADER = 'idempotency-key';

export interface WebhookOptions {
  url: string;
  /** Name of the environment variable that holds it. */
  secret: string;
}

/** A URL that gets each notice as signed JSON. The secret signs, and is never sent. */
export function webhookChannel(
  { url, secret }: WebhookOptions,
  {
    connection,
    clock,
    environment,
  }: { connection: Connection; clock: Clock; environment: Environment | null },
): Channel {
  const address = new URL(url);
  return {
    send: async (notice, signal) => {
      if (environment === null)
        return {
          status: 'failed',
          reason: `a process that the editor has started reads no keys (${secret}); start it with: touchstone serve --detach`,
        };
      const key = environment.get(secret);
      if (key === undefined || key === '')
        return {
          status: 'failed',
          reason: `the environment variable ${secret} is not set, so nothing can be signed`,
        };

      const body = JSON.stringify(webhookBody(notice));
      // Of this attempt: a notice that waited for hours is sent as of now.
      const timestamp = String(Math.floor(clock.now() / 1_000));
      const headers = {
        [TIMESTAMP_HEADER]: timestamp,
        [SIGNATURE_HEADER]: `v1=${signatureOf(key, timestamp, body)}`,
        [KEY_HEADER]: notice.key,
      };
      return post({ connection, clock, url: address, headers, body }, signal);
    },
  };
}

export function signatureOf(secret: string, timestamp: string, body: string): string {
  return createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
}

/** The JSON that receivers get; fields are only added within a version. */
export function webhookBody(notice: AlertNotice): object {
  const { key, kind, rule, severity, group, of, condition, summary, description } = notice;
  const { value, limit, samples, startsAtMs, endsAtMs, workspace, source, traces } = notice;
  return {
    version: 1,
    key,
    status: kind,
    alert: rule,
    severity,
    group: group && { by: group.by, value: group.label },
    of,
    ...{ condition, summary, description, value, limit, samples },
    starts_at: new Date(startsAtMs).toISOString(),
    ends_at: endsAtMs === null ? null : new Date(endsAtMs).toISOString(),
    workspace,
    source,
    traces: traces.map((trace) => ({
      trace_id: trace.traceId,
      title: trace.title,
      score: trace.score,
      started_at: new Date(trace.startMs).toISOString(),
      show: traceCommand(trace),
    })),
  };
}
