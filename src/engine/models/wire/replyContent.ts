import { type Fields, fieldsAt, malformed, textAt } from './replyFields.ts';
import type { ReplyPart } from './replyPart.ts';

/** Names under which servers send reasoning beside the content; some send the same one twice. */
const REASONING = ['reasoning_content', 'reasoning', 'thinking'];

/**
 * What a message, or a streamed piece of it, says: its content is a text, or a list of parts as Mistral, Anthropic and
 * Gemini send it. Parts that are neither text nor reasoning (references, images, audio) are left out. `at` is where the
 * message stands in the reply. Throws ModelError `protocol` for anything else.
 */
export function readContent(message: Fields, at: string): ReplyPart[] {
  const { content } = message;
  const parts = Array.isArray(content) ? readParts(content, `${at}.content`) : [];
  const text = Array.isArray(content) ? undefined : textAt(content, `${at}.content`);
  if (text !== undefined) parts.push({ type: 'text', text });

  const refusal = textAt(message['refusal'], `${at}.refusal`);
  if (refusal) parts.push({ type: 'refusal', text: refusal });

  const reasoning = REASONING.map((key) => message[key]).find(
    (said) => typeof said === 'string' && said !== '',
  );
  if (typeof reasoning === 'string') parts.unshift({ type: 'reasoning', text: reasoning });
  return parts;
}

function readParts(parts: readonly unknown[], at: string): ReplyPart[] {
  return parts.flatMap<ReplyPart>((part, index) => {
    const place = `${at}[${index}]`;
    return typeof part === 'string' ? [{ type: 'text', text: part }] : readPart(fieldsAt(part, place), place);
  });
}

function readPart(part: Fields, at: string): ReplyPart[] {
  const type = textAt(part['type'], `${at}.type`) ?? 'text';
  switch (type) {
    case 'text':
    case 'output_text': {
      const text = textAt(part['text'], `${at}.text`);
      if (text === undefined) throw malformed(`${at}.text`, part['text'], 'a string');
      return [{ type: 'text', text }];
    }
    case 'refusal': {
      const text = textAt(part['refusal'], `${at}.refusal`);
      return text ? [{ type: 'refusal', text }] : [];
    }
    case 'thinking':
    case 'redacted_thinking':
    case 'reasoning':
      return [{ type: 'reasoning', text: thought(part['thinking'] ?? part['text']) }];
    default:
      return [];
  }
}

/** Anthropic's thinking is a text, Mistral's a list of texts. */
function thought(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return '';
  return value.map((part: unknown) => textOf(part)).join('');
}

function textOf(part: unknown): string {
  if (typeof part !== 'object' || part === null || !('text' in part)) return '';
  return typeof part.text === 'string' ? part.text : '';
}
