import * as z from 'zod';
import type { EventTable } from './call.ts';
import { deploymentEntry } from './deploymentEntries.ts';
import { deploymentAct, deploymentPlan, deploymentStart, deploymentWanted } from './deploymentParams.ts';
import { gatewayState, givenKey } from './gatewayEntries.ts';
import { gatewayStart, gatewayWeights, shadowStart, shadowStop } from './gatewayParams.ts';

/**
 * The contract with the services process. Another version is served as long as `major` is the same: within it, calls, fields and
 * states are only added.
 */
export const SERVICES_CONTRACT = { major: 1, minor: 3 } as const;

const contract = z.object({ major: z.int(), minor: z.int() });

const port = z.int().min(0).max(65_535);

/** Where spans are taken. */
const receiverState = z.discriminatedUnion('state', [
  z.object({ state: z.literal('off') }),
  z.object({
    state: z.literal('receiving'),
    address: z.string(),
    port: z.int(),
    /** Value of OTEL_EXPORTER_OTLP_ENDPOINT for programs of this machine. */
    endpoint: z.string(),
    /** Which senders must show; null where none is asked for. */
    token: z.string().nullable(),
    /** Goes on when nobody is attached. */
    keep: z.boolean(),
    /** The usual port, and who has it, where another one had to be taken. */
    insteadOf: z.object({ port: z.int(), holder: z.string() }).nullable(),
  }),
  z.object({ state: z.literal('failed'), port: z.int(), message: z.string(), remedy: z.string() }),
]);

/** How a monitor has done since it was there. */
const monitorStatus = z.object({
  monitor: z.string(),
  /** Spans that it is for, those outside its share included. */
  matched: z.int(),
  /** Of them, outside its share. */
  unsampled: z.int(),
  /** Evaluations that were made: passed, failed, or with nothing measured. */
  evaluated: z.int(),
  passed: z.int(),
  failed: z.int(),
  errors: z.int(),
  /** Evaluators that had nothing to say of a span. */
  skipped: z.int(),
  /** Evaluations that are still to be made. */
  pending: z.int(),
  /** What was left out, by reason. */
  dropped: z.record(z.string(), z.int()),
  /** US dollars that are known to be spent on judges. */
  costUsd: z.number(),
  /** Evaluations whose cost is unknown. */
  unpriced: z.int(),
  lastMs: z.number().nullable(),
});

/** The evaluation stream: monitors, and who hears of evaluations. */
const streamStatus = z.object({
  monitors: z.array(monitorStatus),
  /** Spans that have come and were not looked at yet. */
  behind: z.int(),
  /** Why not all is evaluated as touchstone.yaml says; null where it is. */
  problem: z.string().nullable(),
  subscribers: z.array(
    z.object({
      name: z.string(),
      queued: z.int(),
      taken: z.int(),
      /** Not told, since its queue was full. */
      dropped: z.int(),
      /** Told, and not taken by the other side. */
      failed: z.int().default(0),
    }),
  ),
});

export type StreamStatus = z.output<typeof streamStatus>;

/** Times are milliseconds since the epoch. */
export const servicesStatus = z.object({
  pid: z.int(),
  version: z.string(),
  startedAt: z.number(),
  /** Runs in a terminal, and ends with it. */
  foreground: z.boolean(),
  attached: z.object({ windows: z.int(), terminals: z.int() }),
  receiver: receiverState,
  /** Since the process was started. */
  received: z.object({
    spans: z.int(),
    logs: z.int(),
    /** Came before, and were not stored again. */
    duplicates: z.int(),
    /** Spans of the last 60 seconds. */
    recentSpans: z.int(),
    lastAt: z.number().nullable(),
  }),
  /** Why what came could not be stored last; null where it was. */
  storeProblem: z.string().nullable(),
  /** Why what follows the received spans, such as metrics, does not go on now; empty where all of it does. */
  liveProblems: z.array(z.string()).default([]),
  /** Where it is sent on to, in requests; empty where nowhere. */
  forward: z
    .array(
      z.object({
        /** Without anything secret; empty where the configuration cannot be read. */
        to: z.string(),
        sent: z.int(),
        /** The other side did not take them. */
        failed: z.int(),
        /** Found no room, because the other side is too slow. */
        dropped: z.int(),
        waiting: z.int(),
        /** Why the last one was lost, or why nothing is sent; null where all is well. */
        reason: z.string().nullable(),
      }),
    )
    .default([]),
  stream: streamStatus.default({ monitors: [], behind: 0, problem: null, subscribers: [] }),
  /** Versions before 1.2 have none. */
  gateway: gatewayState.default({ state: 'off' }),
  /** Those that go on, and what became of the last ones. Versions before 1.3 have none. */
  deployments: z
    .object({
      entries: z.array(deploymentEntry),
      /** Why one does not go on, or cannot be read. */
      problems: z.array(z.string()),
    })
    .default({ entries: [], problems: [] }),
});

export type ServicesStatus = z.output<typeof servicesStatus>;
export type ReceiverState = ServicesStatus['receiver'];

/** What is asked of the services process. */
export const servicesCalls = {
  /**
   * The first call of every connection; all others are refused before it. Never changes, so that all versions understand each
   * other at least so far. A wrong token fails and ends the connection; after another `major`, all other calls fail.
   */
  'services/hello': {
    params: z.object({
      token: z.string(),
      version: z.string(),
      contract,
      client: z.enum(['window', 'terminal']),
    }),
    result: z.object({ pid: z.int(), version: z.string(), contract }),
  },
  'services/status': { params: z.object({}), result: servicesStatus },
  /**
   * `port`: 0 takes any that is free; null takes the port that is used already, else the usual one, else any that is free. Fails
   * where the port is taken; what was received before is then received still.
   */
  'services/receive': {
    params: z.discriminatedUnion('on', [
      z.object({
        on: z.literal(true),
        port: port.nullable(),
        /** Go on when nobody is attached. */
        keep: z.boolean(),
        /** Senders must show a token; null leaves it as it is. */
        requireToken: z.boolean().nullable(),
      }),
      z.object({ on: z.literal(false) }),
    ]),
    result: servicesStatus,
  },
  /** Takes requests for models and agents, as `gateway` of touchstone.yaml says. Fails where the port is taken. */
  'gateway/start': { params: gatewayStart, result: servicesStatus },
  /** Requests under way are finished first. Shadows end with it. */
  'gateway/stop': { params: z.object({}), result: servicesStatus },
  /** They hold until others are set, also after the process was killed. */
  'gateway/weights': { params: gatewayWeights, result: servicesStatus },
  /** Kept in memory alone, as long as the process lives. */
  'gateway/keys': { params: z.object({ keys: z.array(givenKey).max(200) }), result: servicesStatus },
  /** In place of the shadow that the route has. */
  'shadow/start': { params: shadowStart, result: servicesStatus },
  'shadow/stop': { params: shadowStop, result: servicesStatus },
  /** What would be moved, and where. Moves nothing. */
  'deployment/plan': { params: deploymentWanted, result: deploymentPlan },
  /** In place of what the same deployment is bringing forward. Goes on when nobody is attached, and after the process was killed. */
  'deployment/start': { params: deploymentStart, result: servicesStatus },
  /** Is taken in turn; what came of it is in the journal. */
  'deployment/act': { params: deploymentAct, result: servicesStatus },
  /** It ends once it has answered. */
  'services/stop': { params: z.object({}), result: z.object({}) },
};

export const servicesEvents = {
  /** Something in the status changed; at most twice a second. */
  'services/status': servicesStatus,
  /** It ends, and means to: nobody has to start it again. */
  'services/ending': z.object({ reason: z.enum(['asked', 'idle', 'replaced']) }),
} satisfies EventTable;

export type Receive = z.input<(typeof servicesCalls)['services/receive']['params']>;
export type EndReason = z.output<(typeof servicesEvents)['services/ending']>['reason'];
