import { z } from 'zod';
import { soleReference } from '../../model/variableReference.ts';
import type { ConfigReader } from '../config/configReader.ts';
import { checkDestination, checkHeaders } from '../config/destinationRules.ts';
import { nameSchema } from '../config/name.ts';

/** Who else hears of evaluations. */
export type SubscriberConfig =
  /** `secret`: name of the environment variable that signs. */
  | { kind: 'webhook'; name: string; url: string; secret: string }
  /** Values of headers may hold `${env:NAME}`. */
  | { kind: 'otlp'; name: string; url: string; headers: { [name: string]: string } };

const address = z.url({ protocol: /^https?$/, error: 'an address that begins with https:// or http://' });

const webhookFile = z.strictObject({
  webhook: address.describe('URL that gets evaluations as JSON by POST. Redirects are not followed.'),
  secret: z
    .string()
    .min(1)
    .describe('Signs each request with HMAC-SHA256. Always an environment variable: ${env:NAME}.'),
});

const otlpFile = z.strictObject({
  otlp: address.describe(
    'OTLP endpoint, such as http://127.0.0.1:4318, that gets evaluations as events gen_ai.evaluation.result; /v1/logs is added to it.',
  ),
  headers: z
    .record(z.string().min(1), z.string())
    .optional()
    .describe('HTTP headers of each request. "${env:NAME}" is replaced by that environment variable.'),
});

export const streamFile = z
  .record(nameSchema, z.union([webhookFile, otlpFile]))
  .describe('Who else hears of the evaluations of monitors, by name: webhooks and OTLP collectors.');

/** Reports where nothing can be sent. */
export function checkStream(reader: ConfigReader, file: z.output<typeof streamFile>): void {
  for (const [name, one] of Object.entries(file)) {
    const [kind, url] = 'otlp' in one ? ['otlp', one.otlp] : ['webhook', one.webhook];
    checkDestination(reader, url, ['stream', name, kind], 'evaluations');
    if ('otlp' in one) checkHeaders(reader, one.headers ?? {}, ['stream', name, 'headers']);
  }
}

export function toSubscribers(file: z.output<typeof streamFile>): SubscriberConfig[] {
  return Object.entries(file).map(([name, one]) => {
    if ('otlp' in one) return { kind: 'otlp', name, url: one.otlp, headers: one.headers ?? {} };
    // Anything but a reference has been reported as a secret in the file.
    const secret = soleReference(one.secret)?.name ?? '';
    return { kind: 'webhook', name, url: one.webhook, secret };
  });
}
