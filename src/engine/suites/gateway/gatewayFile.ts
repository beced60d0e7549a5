import { z } from 'zod';
import { durationSchema } from '../config/duration.ts';
import { nameSchema } from '../config/name.ts';

export const GATEWAY_DEFAULTS = {
  pool: 'gateway',
  keep: 'content',
  firstToken: '2m',
  idle: '60s',
  whole: '10m',
  pause: '5s',
  queueFor: '60s',
  maxPairs: 400,
  workers: 4,
  queue: 100,
} as const;

/** Weights are proportions; larger ones are a slip. */
const MAX_WEIGHT = 1_000_000;

const TARGET_FORM =
  'provider/model, the name of a provider (the model that the request names), release/NAME, or { url: … } for an HTTP agent';

const targetFile = z.union([
  z.string().min(1),
  z.strictObject({ url: z.string().min(1).describe('Base URL of an HTTP agent.') }),
]);

const weight = z
  .number()
  .min(0)
  .max(MAX_WEIGHT)
  .describe('Share of the traffic, in proportion to the weights of the others. 0 gets nothing.');

const armFile = z.strictObject({
  name: nameSchema.describe('Name of this target within the route, such as blue.'),
  target: targetFile.describe(`Where its requests go: ${TARGET_FORM}.`),
  weight,
});

const limitsFile = z
  .strictObject({
    first_token: durationSchema
      .optional()
      .describe(
        `Time limit until the first content; reasoning models can be silent for longer than a minute. Default: ${GATEWAY_DEFAULTS.firstToken}.`,
      ),
    idle: durationSchema
      .optional()
      .describe(`Time limit between two pieces of a reply. Default: ${GATEWAY_DEFAULTS.idle}.`),
    whole: durationSchema
      .optional()
      .describe(`Time limit of the whole request. Default: ${GATEWAY_DEFAULTS.whole}.`),
    pause: durationSchema
      .optional()
      .describe(
        `How long a request waits, altogether, where the provider asks for a pause; if it asks for more, the client gets its 429 at once. 0 waits for none. Default: ${GATEWAY_DEFAULTS.pause}.`,
      ),
    queue: durationSchema
      .optional()
      .describe(
        `How long a request waits for a free place of its bulkhead or provider. 0 waits for none. Default: ${GATEWAY_DEFAULTS.queueFor}.`,
      ),
  })
  .describe('Time limits of a request.');

const shadowFile = z
  .strictObject({
    to: targetFile.describe(`What gets the copies: ${TARGET_FORM}.`),
    share: z.number().min(0).max(1).describe('Share of the requests of this route that are copied, 0 to 1.'),
    suite: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Suite whose evaluators score both answers, as far as they need no expected answer. Default: answers are shown side by side, not scored.',
      ),
    max_pairs: z
      .int()
      .min(1)
      .default(GATEWAY_DEFAULTS.maxPairs)
      .describe('The shadow ends after this number of pairs of answers.'),
    max_cost_usd: z
      .number()
      .min(0)
      .optional()
      .describe(
        'The shadow ends when copies and judges have cost this much, in US dollars. Default: no limit.',
      ),
    for: durationSchema.optional().describe('The shadow ends after this time. Default: no limit.'),
    workers: z
      .int()
      .min(1)
      .max(64)
      .default(GATEWAY_DEFAULTS.workers)
      .describe('Maximum number of concurrent copies.'),
    queue: z
      .int()
      .min(0)
      .max(10_000)
      .default(GATEWAY_DEFAULTS.queue)
      .describe('Maximum number of copies that wait; one more is dropped and counted.'),
  })
  .describe(
    'Copies of requests, sent to another target after the client has its answer, until it is known which answers better.',
  );

const STICKY_FORM = 'session, user or header:NAME, such as header:x-user-id';

const modelPattern = z.string().min(1);

export const routeFile = z.strictObject({
  model: z
    .union([modelPattern, z.array(modelPattern).min(1)])
    .optional()
    .describe(
      'Requests for this model, or a list; "*" matches any characters. It need not exist: "support" is as good as "gpt-5-mini". Default: any model.',
    ),
  path: z
    .string()
    .regex(
      /^\/(?!.*\/\.{1,2}(?:\/|$))(?:[\w.~!$&'()+,;=:@-]+(?:\/[\w.~!$&'()+,;=:@-]+)*)?$/,
      'a path such as /agents/support, without "/" at its end',
    )
    .optional()
    .describe(
      'Requests to this path and below it. Default: /v1 for models, /agents/NAME of the route for an HTTP agent.',
    ),
  to: z
    .union([...targetFile.options, z.array(armFile).min(1)])
    .describe(
      `Where requests go: ${TARGET_FORM}; or a list of { name, target, weight } that shares them out.`,
    ),
  sticky: z
    .union(
      [z.enum(['session', 'user']), z.string().regex(/^header:[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, STICKY_FORM)],
      STICKY_FORM,
    )
    .optional()
    .describe(
      'What keeps a client with one target of a list: session or user (of the body, else of x-session-id or x-user-id, else of the baggage header), or header:NAME. A request without it is drawn by itself. Default: each request is.',
    ),
  bulkhead: z
    .string()
    .min(1)
    .default(GATEWAY_DEFAULTS.pool)
    .describe('Name of the bulkhead whose limits and hourly budgets apply to these requests.'),
  limits: limitsFile.optional(),
  fallbacks: z
    .array(targetFile)
    .default([])
    .describe(
      'What is asked in this order if a target fails before its first content. Targets as in "to", without weights.',
    ),
  cache: z
    .boolean()
    .default(false)
    .describe('Whether exactly the same request gets the stored reply. Needs caches.exact.'),
  keep: z
    .enum(['content', 'redacted', 'none'])
    .default(GATEWAY_DEFAULTS.keep)
    .describe(
      'What traces and shadow pairs keep of requests and answers. content: all of it. redacted: without personal data that is recognised. none: only figures.',
    ),
  safe_to_mirror: z
    .boolean()
    .default(false)
    .describe(
      'true: the HTTP agent may get the same request twice, because it does nothing but answer. Needed for a shadow of an HTTP agent; models are always safe.',
    ),
  shadow: shadowFile.optional(),
});

export type RouteFile = z.output<typeof routeFile>;
export type TargetFile = z.output<typeof targetFile>;
export type ShadowFile = z.output<typeof shadowFile>;

export const gatewayFile = z
  .strictObject({
    port: z
      .int()
      .min(0)
      .max(65_535)
      .optional()
      .describe('Port on 127.0.0.1; 0 takes any free one. Default: 4320.'),
    routes: z
      .record(nameSchema, routeFile)
      .default({})
      .describe(
        'Routes by name; the first that fits a request answers it. Requests that fit none go to the provider that their model names (provider/model), or to release/NAME, or to "openai".',
      ),
  })
  .describe(
    'The gateway: what answers the requests of applications that use Touchstone as the base URL of a model provider or agent.',
  );
