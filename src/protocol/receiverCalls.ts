import * as z from 'zod';
import { servicesStatus } from './servicesCalls.ts';

/** What the window knows of the workspace's services process, which receives the traces of agents. */
export const servicesState = z.discriminatedUnion('state', [
  /** It was not needed so far, or it has ended and meant to. */
  z.object({ state: z.literal('detached') }),
  /** It is started, or was killed and is started again. */
  z.object({ state: z.literal('attaching') }),
  z.object({ state: z.literal('attached'), status: servicesStatus }),
  z.object({ state: z.literal('failed'), message: z.string(), remedy: z.string() }),
]);

export type ServicesState = z.output<typeof servicesState>;

/** Traces are received by a process of their own; the engine keeps the window attached to it. Only where the workspace is trusted. */
export const receiverCalls = {
  /** Starts nothing. */
  'receiver/state': { params: z.strictObject({}), result: servicesState },
  /**
   * Starts the services process where there is none, and lets it receive, as in `services/receive`. Fails where the port is taken.
   * From then on the window attaches again by itself where the process is killed.
   */
  'receiver/start': {
    params: z.strictObject({
      port: z.int().min(0).max(65_535).nullable(),
      keep: z.boolean(),
      requireToken: z.boolean(),
    }),
    result: servicesState,
  },
  /** For all windows and terminals of the workspace. */
  'receiver/stop': { params: z.strictObject({}), result: servicesState },
  /** Ends the services process, of whatever version. */
  'receiver/end': { params: z.strictObject({}), result: servicesState },
};

export type ReceiverStart = z.output<(typeof receiverCalls)['receiver/start']['params']>;
