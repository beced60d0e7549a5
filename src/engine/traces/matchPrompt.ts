import type { SpanMessage } from '../model/agentSpan.ts';
import type { MessageTemplate, Prompt } from '../model/prompt.ts';

/** How much of a prompt stands in the messages of a call. */
export interface PromptMatch {
  /** Of the message of which most was found, from 1. */
  line: number;
  /** Of its fixed text, from 0 to 1. */
  share: number;
}

/** What a template fills in or decides by. */
const FILLED_IN = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}|\{#[\s\S]*?#\}|\$\{input:[^}]*\}/;
/** Fixed text shorter than this occurs anywhere. */
const SHORTEST = 8;
/** A prompt of less fixed text cannot be told from others. */
const LEAST_TEXT = 16;
/** Where less is found, it is another prompt; parts that a condition leaves out are missing in a right one as well. */
const LEAST_SHARE = 0.6;

/** Whether messages were made of a prompt: its fixed text is found in them, in its order, in messages of the same role. */
export function matchPrompt(
  { messages: templates }: Pick<Prompt, 'messages'>,
  messages: readonly SpanMessage[],
): PromptMatch | null {
  const said = messages.map(({ role, parts }) => ({
    role: roleOf(role),
    text: flat(parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n')),
  }));

  let [fixed, found] = [0, 0];
  let best: { line: number; found: number } | undefined;
  for (const template of templates) {
    const fragments = fragmentsOf(template);
    const candidates = said.filter(({ role }) => role === roleOf(template.role));
    const most = Math.max(0, ...candidates.map(({ text }) => foundIn(text, fragments)));
    fixed += lengthOf(fragments);
    found += most;
    if (most > (best?.found ?? 0)) best = { line: template.range.line, found: most };
  }

  const share = fixed < LEAST_TEXT ? 0 : found / fixed;
  return best && share >= LEAST_SHARE ? { line: best.line, share } : null;
}

function fragmentsOf({ template }: MessageTemplate): string[] {
  return template
    .split(FILLED_IN)
    .map(flat)
    .filter((text) => text.length >= SHORTEST);
}

/** Characters of the fragments that stand in a text, each behind the one before. */
function foundIn(text: string, fragments: readonly string[]): number {
  let [at, found] = [0, 0];
  for (const fragment of fragments) {
    const index = text.indexOf(fragment, at);
    if (index < 0) continue;
    found += fragment.length;
    at = index + fragment.length;
  }
  return found;
}

function lengthOf(fragments: readonly string[]): number {
  return fragments.reduce((total, { length }) => total + length, 0);
}

function flat(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function roleOf(role: string): string {
  return role === 'developer' ? 'system' : role;
}
