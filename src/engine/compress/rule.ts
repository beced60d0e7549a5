import type { Edit } from './edit.ts';
import type { Glossary } from './glossary.ts';
import type { MessageText } from './messageText.ts';

/**
 * What a compression may cost. `lossless`: white space without meaning; `safe`: words whose
 * short form is certain; `aggressive`: weight and decoration of the prompt's own text, terms; `target`: content, and only as much as a target asks for.
 */
export type RuleLevel = 'lossless' | 'safe' | 'aggressive' | 'target';

/** The levels that a person chooses from; each includes those before it. */
export type CompressionLevel = Exclude<RuleLevel, 'target'>;

export type RuleName =
  | 'whitespace'
  | 'json-layout'
  | 'table-layout'
  | 'table-rules'
  | 'formatting'
  | 'section-rules'
  | 'list-leads'
  | 'typography'
  | 'filler'
  | 'politeness'
  | 'repeated'
  | 'emphasis'
  | 'glossary'
  | 'summary'
  | 'shorten'
  | 'truncate';

/** Edits that belong together: all are made, or none. Offsets in the message's template. */
export type Suggestion = Edit[];

export interface RuleContext {
  glossary: Glossary;
  /** Tokens of a text, in the model's own encoding where it is public. */
  count(text: string): number;
}

/**
 * Proposes edits to one message. A rule need not ask whether an edit saves tokens or touches something
 * protected: the compressor drops what does not or does. It proposes in the order in which edits are wanted.
 */
export interface Rule {
  name: RuleName;
  level: RuleLevel;
  /** What is wrong with the stretch, for a person: "says nothing". */
  reason: string;
  suggest(message: MessageText, context: RuleContext): Suggestion[];
}
