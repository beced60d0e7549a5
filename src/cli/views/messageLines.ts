import type { AgentSpan, SpanContent, SpanPart } from '../../engine/model/agentSpan.ts';
import type { Io } from '../terminal/io.ts';
import { sanitize, sanitizeLine } from '../terminal/sanitize.ts';

/** What went into a span and came out of it, as a conversation where it is one. */
export function contentLines({ input, output }: AgentSpan, io: Io): string[] {
  return [...linesOf('in', input, io), ...linesOf('out', output, io)];
}

function linesOf(label: string, content: SpanContent | null, io: Io): string[] {
  if (content === null) return [];
  if (content.kind === 'value') return block(label, textOf(content.value), io);
  return content.messages.flatMap(({ role, parts }) =>
    parts.flatMap((part) => block(`${label} ${sanitizeLine(role)}`, partText(part), io)),
  );
}

function partText(part: SpanPart): string {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'reasoning':
      return `(reasoning) ${part.text}`;
    case 'tool-call':
      return `calls ${part.name}(${textOf(part.arguments)})`;
    case 'tool-result':
      return `result${part.name === null ? '' : ` of ${part.name}`}: ${textOf(part.result)}`;
    case 'media':
      return `(${part.mediaType ?? 'media'}${part.uri === null ? '' : ` ${part.uri}`})`;
    case 'other':
      return textOf(part.value);
  }
}

/** The first line beside its label, the others below each other. */
function block(label: string, text: string, { style }: Io): string[] {
  const [first = '', ...rest] = sanitize(text.replaceAll('\r\n', '\n')).split('\n');
  return [`${style.dim(`${label}:`)} ${first}`, ...rest.map((line) => `  ${line}`)];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
