import type { GoldenCase, LocatedCase } from '../../model/case.ts';
import { defined } from '../../model/defined.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { Output } from '../../model/output.ts';
import { caseOptions } from '../../targets/caseOptions.ts';
import { CONVERSATION_TURN } from '../../targets/earlierOutputs.ts';

/** A conversation of one target in one trial. */
interface Conversation {
  /** Oldest first. */
  turns: readonly JsonObject[];
  /** Id of the first case that left no turn, without which the conversation cannot go on. */
  lost?: string;
}

/** What the cases of one chain have given so far: outputs by the name that they are stored under, and turns. */
export class EarlierCases {
  readonly #outputs = new Map<string, JsonValue>();
  /** By `metadata.conversationId`. */
  readonly #conversations = new Map<string, Conversation>();

  /** Outputs by their names. */
  get outputs(): ReadonlyMap<string, JsonValue> {
    return this.#outputs;
  }

  /** The case's conversation so far. */
  conversationOf(entry: GoldenCase): Conversation {
    return this.#conversations.get(conversationId(entry)) ?? { turns: [] };
  }

  /**
   * Takes what a case gave, now or in an earlier attempt. As in promptfoo, an empty output is not stored; unlike there,
   * it takes the place of an older one of the same name, which would answer for another case.
   */
  record({ case: entry }: LocatedCase, output: Output, inConversation: boolean): void {
    const { storeOutputAs: name } = caseOptions(entry);
    if (name !== undefined) {
      const value = output.status === 'complete' ? (output.json ?? output.text) : null;
      if (value) this.#outputs.set(name, value);
      else this.#outputs.delete(name);
    }
    if (!inConversation) return;
    const { turns, lost } = this.conversationOf(entry);
    const turn = output.metadata?.[CONVERSATION_TURN];
    const next = isJsonObject(turn) ? [...turns, turn] : turns;
    const missing = lost ?? (isJsonObject(turn) ? undefined : entry.id);
    this.#conversations.set(conversationId(entry), {
      turns: next,
      ...defined({ lost: missing }),
    });
  }
}

/** What tells conversations at one target apart; cases without it share one, as in promptfoo. */
export function conversationId({ metadata = {} }: GoldenCase): string {
  return JSON.stringify(metadata['conversationId'] ?? null);
}
