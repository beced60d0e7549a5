import * as z from 'zod';
import { errorPlace, problem } from './places.ts';

/**
 * Why a call failed, as it crosses the boundary. `user`: the person can mend it. `untrusted`: it needs a
 * trusted workspace. `model`: a model call of the bridge brought no reply. `bug`: everything else.
 */
export const failure = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('user'),
    /** The class, e.g. `ConfigError`. */
    name: z.string(),
    message: z.string(),
    where: errorPlace.exactOptional(),
    remedy: z.string().exactOptional(),
    problems: z.array(problem).exactOptional(),
  }),
  z.object({ kind: z.literal('untrusted'), message: z.string(), remedy: z.string() }),
  z.object({
    kind: z.literal('model'),
    message: z.string(),
    /** As in the engine's ModelErrorCode. */
    code: z.enum([
      'rate-limit',
      'spent',
      'auth',
      'bad-request',
      'not-found',
      'server',
      'network',
      'timeout',
      'protocol',
    ]),
    transient: z.boolean(),
  }),
  z.object({ kind: z.literal('bug'), message: z.string(), stack: z.string().exactOptional() }),
]);

export type Failure = z.output<typeof failure>;
