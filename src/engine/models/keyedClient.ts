import { UserError } from '../errors.ts';
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
    provider,
    model,
    endpoint,
    ready: async (signal) => {
      if (!opened) await client(signal);
    },
    complete: async (request, call) => {
      try {
        return await (opened ?? (await client(call.signal))).complete(request, call);
      } catch (error) {
        // In the middle of a run, a missing key spoils this call and no more.
        if (!(error instanceof UserError)) throw error;
        throw new ModelError('auth', error.describe(), { transient: false, cause: error });
      }
    },
  };
}
