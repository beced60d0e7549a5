import type { SourceReason } from '../../model/replySource.ts';
import {
  type CallOptions,
  type ModelClient,
  ModelError,
  type ModelRequest,
  type StreamPart,
} from '../modelClient.ts';
import type { FallbackAnswer, ReplyFallback } from './replyFallback.ts';

/** Another model, asked the same as it is. */
export class ModelFallback implements ReplyFallback {
  readonly name: string;
  readonly takesTime = true;
  readonly #client: ModelClient;

  constructor(client: ModelClient) {
    this.#client = client;
    this.name = `${client.provider}/${client.model}`;
  }

  async answer(request: ModelRequest, call: CallOptions, why: SourceReason): Promise<FallbackAnswer> {
    return { parts: this.#parts(request, call, why) };
  }

  async *#parts(request: ModelRequest, call: CallOptions, why: SourceReason): AsyncGenerator<StreamPart> {
    try {
      yield* this.#sourced(request, call, why);
    } catch (error) {
      // Only before anything was said: a request that is refused brings no parts.
      const bare = withoutRefused(request, error);
      if (!bare) throw error;
      yield* this.#sourced(bare, call, why);
    }
  }

  async *#sourced(request: ModelRequest, call: CallOptions, why: SourceReason): AsyncGenerator<StreamPart> {
    const source = { kind: 'model', why, model: this.name } as const;
    for await (const part of this.#client.stream(request, call))
      yield part.type === 'end' ? { ...part, reply: { ...part.reply, source } } : part;
  }
}

/** Without the setting that the model refused, where its caller can do without; undefined where there is none. */
function withoutRefused(request: ModelRequest, error: unknown): ModelRequest | undefined {
  if (!(error instanceof ModelError) || error.code !== 'bad-request') return undefined;

  const name = error.parameter;
  if (name !== 'seed' && name !== 'temperature') return undefined;
  if (!request.negotiable?.includes(name) || request.parameters[name] === undefined) return undefined;

  const { [name]: _refused, ...parameters } = request.parameters;
  return { ...request, parameters };
}
