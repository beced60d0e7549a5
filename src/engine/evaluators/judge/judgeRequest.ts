import type { JsonObject } from '../../model/json.ts';
import type { Message } from '../../model/message.ts';
import {
  type CallOptions,
  type ModelClient,
  ModelError,
  type ModelReply,
  type ModelRequest,
} from '../../models/modelClient.ts';

/** What a server takes beyond plain messages. */
interface Abilities {
  /** `response_format` with a JSON Schema. */
  schema: boolean;
  /** `temperature` 0 and a seed; reasoning models refuse them. */
  sampling: boolean;
}

/** Known after a client's first accepted question; never changed after that. */
const learned = new WeakMap<ModelClient, Abilities>();

/** Same question, same answer, as far as the model can. */
const JUDGE_SEED = 0;

/**
 * Asks for an answer in the given shape, at temperature 0 with a fixed seed. While the client has accepted no
 * question yet, one that is refused as a bad request is asked again without what the server objects to, or,
 * where it does not say, first without the schema and then without the settings. What works is remembered
 * for the client. Throws ModelError.
 */
export async function sendQuestion(
  client: ModelClient,
  question: { name: string; schema: JsonObject; messages: Message[] },
  options: CallOptions,
): Promise<ModelReply> {
  const known = learned.get(client);
  let abilities: Abilities = known ?? { schema: true, sampling: true };
  for (;;) {
    try {
      const reply = await client.complete(requestOf(question, abilities), options);
      if (!learned.has(client)) learned.set(client, abilities);
      return reply;
    } catch (error) {
      const fewer = known === undefined ? withoutRefused(abilities, error) : undefined;
      if (fewer === undefined) throw error;
      abilities = fewer;
    }
  }
}

function requestOf(
  { name, schema, messages }: { name: string; schema: JsonObject; messages: Message[] },
  abilities: Abilities,
): ModelRequest {
  return {
    messages,
    negotiable: ['responseFormat', 'temperature', 'seed'],
    parameters: abilities.sampling ? { temperature: 0, seed: JUDGE_SEED } : {},
    ...(abilities.schema ? { responseFormat: { type: 'json_schema', name, schema, strict: true } } : {}),
  };
}

function withoutRefused(abilities: Abilities, error: unknown): Abilities | undefined {
  if (!(error instanceof ModelError) || error.code !== 'bad-request') return undefined;
  const { parameter } = error;
  const unnamed = parameter === undefined;
  if (abilities.schema && (unnamed || parameter.startsWith('response_format'))) {
    return { ...abilities, schema: false };
  }
  if (abilities.sampling && (unnamed || parameter === 'temperature' || parameter === 'seed')) {
    return { ...abilities, sampling: false };
  }
  return undefined;
}
