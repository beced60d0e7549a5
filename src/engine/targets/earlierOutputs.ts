import type { JsonObject } from '../model/json.ts';

/** What a case receives of the outputs of earlier cases that it reads. */
export interface EarlierOutputs {
  /** The case's variables with those outputs among them. */
  variables: JsonObject;
  /** Names of variables with such outputs: they are data, and never read as templates. */
  data: readonly string[];
  /** Variables that an earlier case should have made and did not: reading one is an error. */
  missing: readonly { name: string; from: string }[];
  /** Later turns will receive this one: its output carries it under CONVERSATION_TURN of its metadata. */
  inConversation: boolean;
}

/** Key of an output's metadata: `{ prompt, input, output, metadata }`, as promptfoo's `_conversation` has it. */
export const CONVERSATION_TURN = 'conversationTurn';

/** The error for a case that cannot go on without an earlier one. */
export function missingOutput({ name, from }: { name: string; from: string }): string {
  return `the variable "${name}" is the output of ${from}, which gave none in this run`;
}
