import type { Message } from '../../model/message.ts';
import type { Random } from '../../ports.ts';
import { createFence } from './fence.ts';
import type { RubricPrompt } from './judgeOptions.ts';
import type { Material } from './material.ts';
import { fillPlaceholders, placeholderNames } from './placeholders.ts';

/** The text of one question, see templates/. */
export interface JudgeTemplate {
  /** Who the judge is and what it decides. */
  system: string;
  /** The question, with names in double braces for what is filled in. */
  user: string;
  /** The form of the answer; said in words too, for servers that take no schema. */
  form: string;
}

export interface JudgeQuestion {
  template: JudgeTemplate;
  /** The person's own question in place of the template's. */
  custom?: RubricPrompt | undefined;
  /** Texts of the configuration, e.g. the criteria: inserted bare, their own names filled in first. */
  instructions?: { [name: string]: string };
  /** Texts inserted bare whose names, if any, stay as they are. */
  literals?: { [name: string]: string };
  /** Everything else that may be named: data, always fenced. */
  material: Material;
  random: Random;
}

/** The messages, and the texts that stand fenced in them. */
type BuiltMessages = { messages: Message[]; data: string[] } | { missing: string };

/**
 * The messages of a question. Data goes in between the fence's tags, in one pass, so nothing in it is a
 * template, a tag or an instruction. `missing` names the first placeholder that the case has no text for.
 */
export function judgeMessages(question: JudgeQuestion): BuiltMessages {
  const { template, custom, instructions = {}, literals = {}, material } = question;
  const asked = custom === undefined ? [{ role: 'user' as const, content: template.user }] : chat(custom);
  const written = [...asked.map((message) => message.content), ...Object.values(instructions)];

  const names = new Set(written.flatMap(placeholderNames));
  const fence = createFence(question.random, [...material.values()]);
  const values = new Map<string, string>();
  const data: string[] = [];
  for (const name of names) {
    const text = material.get(name);
    if (text !== undefined) {
      values.set(name, fence.wrap(name, text));
      data.push(text);
    } else if (!Object.hasOwn({ ...instructions, ...literals }, name)) return { missing: name };
  }

  // What the configuration says goes before data of the same name.
  const filled = Object.entries(instructions).map(
    ([name, text]) => [name, fillPlaceholders(text, values)] as const,
  );
  const all = new Map([...values, ...filled, ...Object.entries(literals)]);

  return {
    data,
    messages: [
      { role: 'system', content: `${template.system}\n\n${fence.notice}\n\n${template.form}` },
      ...asked.map(({ role, content }) => ({ role, content: fillPlaceholders(content, all) })),
    ],
  };
}

function chat(custom: RubricPrompt): { role: 'system' | 'user' | 'assistant'; content: string }[] {
  return typeof custom === 'string' ? [{ role: 'user', content: custom }] : custom;
}
