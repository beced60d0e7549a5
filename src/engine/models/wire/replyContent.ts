import { type Fields, fieldsAt, malformed, textAt } from './replyFields.ts';

/** What a message, or a piece of one, says. */
export interface Said {
  /** Null where it holds no text, not even an empty one. */
  text: string | null;
  refusal: string;
  /** Characters of reasoning, which is no part of the answer. */
  reasoning: number;
}

/** Names under which servers send reasoning beside the content. */
const REASONING = ['reasoning_content', 'reasoning', 'thinking'];

/**
 * The content of a message or of a streamed piece of it: a text, or a list of parts as Mistral, Anthropic and Gemini
 * send it. The texts of the parts are joined; reasoning and parts that are no text (references, images, audio) do not
 * belong to them. `at` is where the message stands in the reply. Throws ModelError `protocol` for anything else.
 */
export function readContent(message: Fields, at: string): Said {
  const { content } = message;
  const said = Array.isArray(content)
    ? readParts(content, `${at}.content`)
    : { text: textAt(content, `${at}.content`) ?? null, refusal: '', reasoning: 0 };

  said.refusal += textAt(message['refusal'], `${at}.refusal`) ?? '';
  for (const key of REASONING) {
    const value = message[key];
    if (typeof value === 'string') said.reasoning += value.length;
  }
  return said;
}

function readParts(parts: readonly unknown[], at: string): Said {
  const said: Said = { text: null, refusal: '', reasoning: 0 };
  for (const [index, part] of parts.entries()) {
    const place = `${at}[${index}]`;
    if (typeof part === 'string') said.text = (said.text ?? '') + part;
    else addPart(said, fieldsAt(part, place), place);
  }
  return said;
}

function addPart(said: Said, part: Fields, at: string): void {
  const type = textAt(part['type'], `${at}.type`) ?? 'text';
  switch (type) {
    case 'text':
    case 'output_text': {
      const text = textAt(part['text'], `${at}.text`);
      if (text === undefined) throw malformed(`${at}.text`, part['text'], 'a string');
      said.text = (said.text ?? '') + text;
      return;
    }
    case 'refusal':
      said.refusal += textAt(part['refusal'], `${at}.refusal`) ?? '';
      return;
    case 'thinking':
    case 'redacted_thinking':
    case 'reasoning':
      said.reasoning += 1;
  }
}
