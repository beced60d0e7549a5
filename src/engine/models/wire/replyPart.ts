import type { Usage } from '../../model/output.ts';

/**
 * A piece of a model's reply, in the order in which it comes. A reply is whole once a part `finish` has come; its
 * usage may come behind that.
 */
export type ReplyPart =
  /** Who answers, as the provider names it and the reply. */
  | { type: 'head'; model: string | null; id: string | null }
  /** An empty text is a text: the model may have answered with nothing. */
  | { type: 'text'; text: string }
  | { type: 'refusal'; text: string }
  /** No part of the answer. Empty where the provider says only that there was some. */
  | { type: 'reasoning'; text: string }
  /** More of a tool call: `index` counts the calls of the reply from 0, and the arguments are joined. */
  | {
      type: 'tool-call';
      index: number;
      id: string | undefined;
      name: string | undefined;
      arguments: string;
    }
  /** All tokens so far: the last one counts. */
  | { type: 'usage'; usage: Usage }
  /** What the provider says went wrong on the way. */
  | { type: 'fault'; message: string }
  | { type: 'finish'; reason: string };

/** Characters of what it says. */
export function partSize(part: ReplyPart): number {
  switch (part.type) {
    case 'text':
    case 'refusal':
    case 'reasoning':
      return part.text.length;
    case 'tool-call':
      return part.arguments.length + (part.name ?? '').length;
    default:
      return 0;
  }
}
