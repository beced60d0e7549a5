import type { Prompt } from '../model/prompt.ts';
import type { Tokenizer } from '../models/tokens/tokenizer.ts';
import { type CountedMessage, countedMessages, ownValues } from './countedMessages.ts';
import type { FileTokens } from './fileTokens.ts';
import type { VariablePlace, VariableSize } from './variableSizes.ts';

/** What the tokens of a prompt are spent on. `system` to `responseFormat` add up to its count. */
export interface PromptParts {
  /** Messages of the system or developer, without examples in them. */
  system: number;
  /** Turns that show the model how to answer, and sections that are called examples. */
  examples: number;
  /** What the person says, as far as it stands in the prompt. */
  user: number;
  tools: number;
  responseFormat: number;
  /** Marks between the messages, and the beginning of the reply. */
  marks: number;
  /** What the typical values of the variables add, beyond the tags that stand for them; null where unknown. */
  variables: number | null;
}

/** `sizes` null: no case tells how long the values are. */
export function promptParts(
  prompt: Prompt,
  tokens: FileTokens,
  tokenizer: Tokenizer,
  values: { sizes: readonly VariableSize[]; places: readonly VariablePlace[] } | null,
): PromptParts {
  const parts: PromptParts = {
    system: 0,
    examples: 0,
    user: 0,
    tools: tokens.tools?.tokens ?? 0,
    responseFormat: tokens.responseFormat?.tokens ?? 0,
    marks: 0,
    variables: values === null ? null : variableTokens(prompt, values, tokenizer),
  };

  const counted = countedMessages(prompt);
  const isTurn = exampleTurns(counted);
  for (const [index, { message, text: sent }] of counted.entries()) {
    const { role } = message;
    const text = tokenizer.count(sent).tokens;
    const shown = isTurn[index] ? text : Math.min(text, tokenizer.count(exampleText(sent)).tokens);
    parts.examples += shown;
    parts[role === 'user' || role === 'tool' || role === 'assistant' ? 'user' : 'system'] += text - shown;
  }

  const { system, examples, user, tools, responseFormat } = parts;
  parts.marks = tokens.total.tokens - system - examples - user - tools - responseFormat;

  return parts;
}

/** An answer that stands in the prompt is an example, and so is the question before it. */
function exampleTurns(messages: readonly CountedMessage[]): boolean[] {
  return messages.map(
    ({ message: { role } }, index) =>
      role === 'assistant' || (role === 'user' && messages[index + 1]?.message.role === 'assistant'),
  );
}

const TAGGED = /<(examples?)\b[^>]*>[\s\S]*?<\/\1>/gi;

/** `<example>…</example>`, and Markdown sections with "example" in their heading. */
function exampleText(template: string): string {
  const tagged = template.match(TAGGED) ?? [];
  const sections: string[] = [];
  let level = 0;
  for (const line of template.replace(TAGGED, '').split('\n')) {
    const heading = /^(#{1,6})\s+(.*)/.exec(line);
    const depth = heading?.[1]?.length ?? 0;
    if (depth > 0 && (level === 0 || depth <= level))
      level = /\bexamples?\b/i.test(heading?.[2] ?? '') ? depth : 0;
    if (level > 0) sections.push(line);
  }

  return [...tagged, ...sections].join('\n');
}

/** What typical values of the variables add to the count of a prompt. */
export function variableTokens(
  prompt: Prompt,
  { sizes, places }: { sizes: readonly VariableSize[]; places: readonly VariablePlace[] },
  tokenizer: Tokenizer,
): number {
  const own = ownValues(prompt);
  let sum = 0;
  for (const { name, tag } of places) {
    const size = sizes.find((candidate) => candidate.name === name);
    // A value of the file's own stands in the count already.
    const counted = own.get(name) ?? tag;
    if (size) sum += size.median - tokenizer.count(counted).tokens;
  }
  return Math.round(sum);
}
