import type { JsonObject } from '../model/json.ts';

/** What a case that reads the outputs of earlier cases is told of them. */
export interface EarlierOutputs {
  /** The case's variables with those outputs among them. */
  variables: JsonObject;
  /** Names of variables that hold such outputs: they are data, and never read as templates. */
  data: readonly string[];
  /** Variables that an earlier case should have made and did not: reading one is an error. */
  missing: readonly { name: string; from: string }[];
  /** Later turns will be told of this one: its output carries it under CONVERSATION_TURN of its metadata. */
  inConversation: boolean;
}

/** Key of an output's metadata: `{ prompt, input, output, metadata }`, as promptfoo's `_conversation` has it. */
export const CONVERSATION_TURN = 'conversationTurn';

/** The error for a case that cannot go on without an earlier one. */
export function missingOutput({ name, from }: { name: string; from: string }): string {
  return `the variable "${name}" is the output of ${from}, which gave none in this run`;
}
