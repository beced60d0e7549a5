import { endOfJsonString } from '../../model/jsonDepth.ts';

/**
 * Where the members of a JSON object stand. Positions are bytes: the text is read as Latin-1, so that bytes that are no
 * UTF-8 have places, too.
 */
export interface ObjectSpan {
  /** Of the opening brace. */
  open: number;
  /** In the order of the text; a key may come twice. */
  members: MemberSpan[];
}

export interface MemberSpan {
  key: string;
  /** Of the key's opening quote. */
  from: number;
  valueFrom: number;
  valueTo: number;
}

/**
 * The members of the object that a text is from `from` to `to`. Linear, and without a stack: nesting of any depth is
 * passed over. What stands inside the values is not checked. Undefined for anything else than an object.
 */
export function objectSpan(text: string, from = bomLength(text), to = text.length): ObjectSpan | undefined {
  const open = skipSpace(text, from, to);
  if (text[open] !== '{') return undefined;

  const members: MemberSpan[] = [];
  let at = skipSpace(text, open + 1, to);
  if (text[at] === '}') return isEnd(text, at + 1, to) ? { open, members } : undefined;

  for (;;) {
    const member = memberAt(text, at, to);
    if (member === undefined) return undefined;
    members.push(member);

    at = skipSpace(text, member.valueTo, to);
    if (at >= to) return undefined;
    if (text[at] === '}') return isEnd(text, at + 1, to) ? { open, members } : undefined;
    if (text[at] !== ',') return undefined;
    at = skipSpace(text, at + 1, to);
  }
}

/** Where the items of a list stand, in the same way. Undefined for anything else than a list. */
export function elementSpans(text: string): { from: number; to: number }[] | undefined {
  const open = skipSpace(text, 0, text.length);
  if (text[open] !== '[') return undefined;

  const items: { from: number; to: number }[] = [];
  let at = skipSpace(text, open + 1, text.length);
  if (text[at] === ']') return isEnd(text, at + 1, text.length) ? items : undefined;

  for (;;) {
    const to = endOfValue(text, at, text.length);
    if (to === undefined) return undefined;
    items.push({ from: at, to });

    at = skipSpace(text, to, text.length);
    if (text[at] === ']') return isEnd(text, at + 1, text.length) ? items : undefined;
    if (text[at] !== ',') return undefined;
    at = skipSpace(text, at + 1, text.length);
  }
}

/** The last member of that name is the one that counts, as for JSON.parse. */
export function lastMember(span: ObjectSpan, key: string): MemberSpan | undefined {
  return span.members.findLast((member) => member.key === key);
}

const BOM = '\u00ef\u00bb\u00bf';

function bomLength(text: string): number {
  return text.startsWith(BOM) ? BOM.length : 0;
}

function memberAt(text: string, from: number, to: number): MemberSpan | undefined {
  if (text[from] !== '"') return undefined;
  const close = endOfJsonString(text, from);
  const colon = skipSpace(text, close + 1, to);
  if (text[colon] !== ':') return undefined;

  const valueFrom = skipSpace(text, colon + 1, to);
  const valueTo = endOfValue(text, valueFrom, to);
  if (valueTo === undefined || valueTo > to) return undefined;
  return { key: keyOf(text.slice(from, close + 1)), from, valueFrom, valueTo };
}

function endOfValue(text: string, from: number, to: number): number | undefined {
  switch (text[from]) {
    case '"': {
      const close = endOfJsonString(text, from);
      return close < text.length ? close + 1 : undefined;
    }
    case '{':
    case '[':
      return endOfBrackets(text, from, to);
    default: {
      LITERAL.lastIndex = from;
      return LITERAL.test(text) ? LITERAL.lastIndex : undefined;
    }
  }
}

/** A number, true, false or null, as far as characters go. */
const LITERAL = /[-+.\w]+/y;

function endOfBrackets(text: string, from: number, to: number): number | undefined {
  let depth = 0;
  for (let at = from; at < to; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22:
        at = endOfJsonString(text, at);
        break;
      case 0x5b:
      case 0x7b:
        depth += 1;
        break;
      case 0x5d:
      case 0x7d:
        depth -= 1;
        if (depth === 0) return at + 1;
    }
  }
  return undefined;
}

function keyOf(latin1: string): string {
  const quoted = Buffer.from(latin1, 'latin1').toString('utf8');
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted.slice(1, -1);
  }
}

function isEnd(text: string, from: number, to: number): boolean {
  return skipSpace(text, from, to) === to;
}

function skipSpace(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
