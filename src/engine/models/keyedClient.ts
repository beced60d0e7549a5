import { UserError } from '../errors.ts';
import { streamingClient } from './clientForms.ts';
import { type ModelClient, ModelError } from './modelClient.ts';

/** A client that is made when its key has been fetched. */
export interface KeyedClient extends ModelClient {
  /** Fetches the key, once. Throws ConfigError where there is none; the next call asks again. */
  ready(signal: AbortSignal): Promise<void>;
}

export function createKeyedClient(options: {
  provider: string;
  model: string;
  endpoint: string;
  open(signal: AbortSignal): Promise<ModelClient>;
}): KeyedClient {
  const { provider, model, endpoint } = options;
  let opened: ModelClient | undefined;
  let opening: Promise<ModelClient> | undefined;

  const client = async (signal: AbortSignal): Promise<ModelClient> => {
    opening ??= options.open(signal);
    try {
      opened = await opening;
      return opened;
    } finally {
      opening = undefined;
    }
  };

  return {
    ...streamingClient({ provider, model, endpoint }, async function* (request, call) {
      try {
        const inner = opened ?? (await client(call.signal));
        yield* inner.stream(request, call);
      } catch (error) {
        // In the middle of a run, a missing key spoils this call and no more.
        if (!(error instanceof UserError)) throw error;
        throw new ModelError('auth', error.describe(), { transient: false, cause: error });
      }
    }),
    ready: async (signal) => {
      if (!opened) await client(signal);
    },
  };
}
