import * as z from 'zod';
import { providerStates } from './providerEntries.ts';

/** Of `health` of a provider. */
const id = z.string().min(1);
/** 0 allows none. */
const most = z.int().min(0);

/** What a person does about a provider or bulkhead; it holds until the engine process ends. */
export const steering = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('isolate'), id }),
  z.strictObject({ action: z.literal('reset'), id }),
  /** Calls at once; null is what the configuration says. */
  z.strictObject({ action: z.literal('limit-provider'), id, most: most.nullable() }),
  /** Null is what the configuration says; an absent limit stays as it is. */
  z.strictObject({
    action: z.literal('limit-bulkhead'),
    bulkhead: z.string().min(1),
    limits: z.strictObject({
      maxConcurrency: most.nullable().exactOptional(),
      tokensPerHour: most.nullable().exactOptional(),
      costPerHourUsd: z.number().min(0).nullable().exactOptional(),
    }),
  }),
  /** Of the workspace's stored replies; null: all of them. */
  z.strictObject({ action: z.literal('clear-cache'), cache: z.enum(['exact', 'similar']).nullable() }),
]);

export const providerCalls = {
  /** Connects to nothing. */
  'providers/health': { params: z.strictObject({}), result: providerStates },
  /** Only where the workspace is trusted. `done` is false where there is no such provider or bulkhead any more. */
  'providers/steer': {
    params: steering,
    result: z.object({ done: z.boolean(), states: providerStates }),
  },
};

export type Steering = z.output<typeof steering>;
