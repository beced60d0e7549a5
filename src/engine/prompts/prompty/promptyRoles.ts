import type { Role } from '../../model/message.ts';
import type { MessageTemplate } from '../../model/prompt.ts';
import { findRole } from '../fields/role.ts';
import type { PromptSource, Span } from '../promptSource.ts';

/** `system:`, `# user:`, `assistant[name="Ann"]:` alone on a line; the attributes are not kept. */
const MARKER = /^#?\s*(system|developer|user|assistant|tool|function)\s*(?:\[[^\]]*\])?\s*:$/i;

/** No marker is longer, in characters. */
const MAX_MARKER = 200;

/**
 * Splits a prompty body at its role markers. As in prompty's own parser, text before the first marker is the
 * system's, and blank lines around a message are not part of it.
 */
export function splitPromptyRoles(source: PromptSource, body: Span): MessageTemplate[] {
  const messages: MessageTemplate[] = [];
  let role: Role = 'system';
  let start = body.start;

  const add = (end: number) => {
    const span = source.trim({ start, end });
    if (span.end > span.start) messages.push(source.message(role, span));
  };

  for (const line of source.lines(body)) {
    const text = line.text.trim();
    const name = text.length > MAX_MARKER ? undefined : MARKER.exec(text)?.[1];
    if (name === undefined) continue;
    add(line.start);
    role = findRole(name) ?? 'system';
    start = line.next;
  }

  add(body.end);
  return messages;
}
