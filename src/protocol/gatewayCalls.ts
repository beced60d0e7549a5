import * as z from 'zod';
import { gatewayStart, gatewayWeights, shadowStart, shadowStop } from './gatewayParams.ts';
import { servicesState } from './receiverCalls.ts';
import { caseDraft, leak } from './traceCalls.ts';

/** What the gateway may be told by a person of this window: names as they are written in touchstone.yaml. */
const gatewayChoices = z.object({
  /** What requests can be mirrored to: releases, configured models, targets of routes. */
  targets: z.array(z.object({ target: z.string(), kind: z.enum(['release', 'model', 'agent']) })),
  /** Whose evaluators can score live answers. */
  suites: z.array(z.string()),
});
export type GatewayChoices = z.output<typeof gatewayChoices>;

/** Pairs of a shadow: which ones, and whose answer becomes the expected one. */
const pairChoice = z.strictObject({
  runId: z.string().min(1),
  only: z.enum(['all', 'changed', 'better', 'worse']),
  answers: z.enum(['primary', 'candidate', 'none']),
});
export type ShadowPairs = z.output<typeof pairChoice>;

/** The gateway runs in the services process, to which the engine keeps the window attached. Only where the workspace is trusted. */
export const gatewayCalls = {
  /** Attaches the window where the process runs already; starts nothing. */
  'gateway/look': { params: z.strictObject({}), result: servicesState },
  /** Starts the process where there is none. The keys that its routes need are asked of the window. */
  'gateway/start': { params: gatewayStart, result: servicesState },
  /** For all windows and terminals of the workspace. */
  'gateway/stop': { params: z.strictObject({}), result: servicesState },
  'gateway/weights': { params: gatewayWeights, result: servicesState },
  'gateway/choices': { params: z.strictObject({}), result: gatewayChoices },
  /** `to` as it is written: `openai/gpt-5-mini`, `release/warm`, `http://127.0.0.1:9000`. */
  'shadow/start': {
    params: z.strictObject({
      ...shadowStart.pick({ route: true, share: true, suite: true, maxCostUsd: true }).shape,
      to: z.string().min(1).max(2_000),
    }),
    result: servicesState,
  },
  'shadow/stop': { params: shadowStop, result: servicesState },
  /** The cases that pairs make, with what is secret or personal in them. Writes nothing. */
  'shadow/pairs': {
    params: pairChoice,
    result: z.object({
      cases: z.array(z.object({ case: caseDraft, findings: z.array(leak) })),
      /** Pairs whose requests were not kept. */
      notKept: z.int(),
    }),
  },
};
