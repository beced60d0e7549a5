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

/** The form in which an answer is asked for. */
export interface AnswerForm {
  /** Letters and `_` only. */
  name: string;
  schema: JsonObject;
}

/**
 * Known after a client's first accepted question of its kind, never changed after that. A question without a form
 * says nothing of schemas.
 */
const learned: { readonly [kind in 'form' | 'text']: WeakMap<ModelClient, Abilities> } = {
  form: new WeakMap(),
  text: new WeakMap(),
};

/** Same question, same answer, as far as the model can. */
const JUDGE_SEED = 0;

/**
 * Asks for an answer in the given form, or in plain words where there is none, at temperature 0 with a fixed seed.
 * While the client has accepted no question yet, one that is refused as a bad request is asked again without what
 * the server objects to, or, where it does not say, first without the schema and then without the settings. What
 * works is remembered for the client. Throws ModelError.
 */
export async function sendQuestion(
  client: ModelClient,
  question: { form?: AnswerForm; messages: Message[] },
  options: CallOptions,
): Promise<ModelReply> {
  const memory = learned[question.form ? 'form' : 'text'];
  const known = memory.get(client);
  let abilities: Abilities = known ?? { schema: question.form !== undefined, sampling: true };
  for (;;) {
    try {
      const reply = await client.complete(requestOf(question, abilities), options);
      if (!memory.has(client)) memory.set(client, abilities);
      return reply;
    } catch (error) {
      const fewer = known === undefined ? withoutRefused(abilities, error) : undefined;
      if (fewer === undefined) throw error;
      abilities = fewer;
    }
  }
}

function requestOf(
  { form, messages }: { form?: AnswerForm; messages: Message[] },
  abilities: Abilities,
): ModelRequest {
  return {
    messages,
    negotiable: ['responseFormat', 'temperature', 'seed'],
    parameters: abilities.sampling ? { temperature: 0, seed: JUDGE_SEED } : {},
    ...(form && abilities.schema ? { responseFormat: { type: 'json_schema', ...form, strict: true } } : {}),
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
