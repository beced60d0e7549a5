import { z } from 'zod';
import { ALERT_DIMENSIONS, ALERT_SEVERITIES, EDITOR_CHANNEL } from '../../model/alertRule.ts';
import { durationSchema } from '../config/duration.ts';
import { nameSchema } from '../config/name.ts';
import { CONDITION_FORM } from './alertCondition.ts';

export const ALERT_DEFAULTS = { over: '5m', overEach: '10m', minSamples: 1 } as const;

const onlyValue = z.string().min(1);

const ofFile = z
  .strictObject({
    service: onlyValue.optional().describe('Only this service (service.name of its spans).'),
    model: onlyValue.optional().describe('Only calls of this model.'),
    operation: onlyValue.optional().describe('Only this operation, such as chat or execute_tool.'),
    release: onlyValue.optional().describe('Only this release (service.version of its spans).'),
    suite: onlyValue.optional().describe('Only scores of runs of this suite.'),
    evaluator: onlyValue.optional().describe('Only scores of this evaluator.'),
  })
  .describe('Only this traffic; all that is given must hold.');

const amount = z.union([z.number(), z.string().min(1)], 'a number with its unit, such as 0.75, 6s or 5%');

const alertFile = z.strictObject({
  when: z
    .string()
    .regex(
      new RegExp(CONDITION_FORM),
      'a figure, a comparison and a number, such as "mean score < 0.7", "p95 latency > 8s", "error rate > 5%", "cost per hour > $2" or "calls < 1"',
    )
    .describe(
      'The condition: a figure, <, <=, > or >=, and a number. Figures: calls, errors, scores, error rate, cost, cost per hour, input tokens, output tokens (and per hour); mean, min, max, p50, p95 or p99 of score, latency, first token, cost, input tokens, output tokens; with each: true, score.',
    ),
  of: ofFile.optional(),
  by: z
    .enum(ALERT_DIMENSIONS)
    .optional()
    .describe('Look at each value of this by itself, such as each model. Default: all together.'),
  over: durationSchema
    .optional()
    .describe(
      `How far back the figure goes, 10s to 30d. Default: ${ALERT_DEFAULTS.over}; with each: true, for how long a score that met the condition counts, ${ALERT_DEFAULTS.overEach}.`,
    ),
  for: durationSchema
    .optional()
    .describe('The condition must hold for this long before the alert fires. Default: it fires at once.'),
  clear: amount
    .optional()
    .describe(
      'The alert is over when the figure reaches this value, so that one that moves around the limit does not fire again and again. Default: the limit.',
    ),
  min_samples: z
    .int()
    .min(1)
    .optional()
    .describe(
      `Fewer samples in the window count as no data, never as fine. Default: ${ALERT_DEFAULTS.minSamples}. Not for counts and sums.`,
    ),
  each: z
    .boolean()
    .default(false)
    .describe('Look at every single score instead of a figure over time: when: score < 0.3'),
  severity: z
    .enum(ALERT_SEVERITIES)
    .default('warning')
    .describe('Shown with the alert, and a label in Alertmanager.'),
  notify: z
    .array(nameSchema)
    .default([EDITOR_CHANNEL])
    .describe('Channels that are told: "editor", and names under notify. An empty list tells nobody.'),
  description: z.string().min(1).optional().describe('What a person should know or do when it fires.'),
});

export type AlertFile = z.output<typeof alertFile>;

export const alertsFile = z
  .record(nameSchema, alertFile)
  .describe(
    'Alerts by name, about the traces that are received and the scores of monitors. The services process looks at them while it receives.',
  );

const address = z.string().min(1);

const alertmanagerFile = z.strictObject({
  alertmanager: address.describe(
    'Base URL of a Prometheus Alertmanager, such as http://127.0.0.1:9093; alerts are sent to its /api/v2/alerts.',
  ),
});

const webhookFile = z.strictObject({
  webhook: address.describe('URL that gets each alert as JSON by POST. Redirects are not followed.'),
  secret: z
    .string()
    .min(1)
    .describe('Signs each request with HMAC-SHA256. Always an environment variable: ${env:NAME}.'),
});

const CHANNEL_FORM = 'either alertmanager with a URL, or webhook with a URL and secret';

export const notifyFile = z
  .record(nameSchema, z.union([alertmanagerFile, webhookFile], CHANNEL_FORM))
  .describe('Channels that alerts are sent to, by name. "editor" exists without this key.');
