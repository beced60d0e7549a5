import { TemplateFault } from '../template/templateUse.ts';

/** `value` is the source of the token or, for a string, its value. Offsets are UTF-16 code units. */
export interface Token {
  type:
    | 'data'
    | 'comment'
    | 'block-start'
    | 'block-end'
    | 'variable-start'
    | 'variable-end'
    | 'string'
    | 'pattern'
    | 'number'
    | 'name'
    | 'mark'
    | 'end';
  value: string;
  at: number;
  /** Of a pattern. */
  flags?: string;
}

/** Nunjucks' white space; words end at it and at these characters. */
const SPACE = /[ \n\t\r\u00a0]*/y;
const WORD = /[^ \n\t\r\u00a0()[\]{}%*\-+~/#,:|.<>=!]+/y;
const MARK = /===|!==|==|!=|<=|>=|\/\/|\*\*|[()[\]{}%*\-+~/#,:|.<>=!]/y;
const FRACTION = /\.\d*/y;
const FLAGS = /[gimy]*/y;
const RAW_EDGE = { raw: /\{%\s*(raw|endraw)\s*%\}/g, verbatim: /\{%\s*(verbatim|endverbatim)\s*%\}/g };
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
]);

/** Reads a template token by token, as Nunjucks' tokenizer does with its usual tags. Linear in the template. */
export class TokenReader {
  readonly #text: string;
  #at = 0;
  #inCode = false;

  constructor(text: string) {
    this.#text = text;
  }

  next(): Token {
    if (!this.#inCode) return this.#nextText();
    this.#match(SPACE);
    return this.#nextCode();
  }

  /**
   * The text up to the end tag of a raw block; blocks may be nested. Without an end tag, the rest is parsed as a
   * template, as in Nunjucks.
   */
  raw(name: 'raw' | 'verbatim'): string {
    const edge = RAW_EDGE[name];
    const start = this.#at;
    let end = start;
    let depth = 1;

    edge.lastIndex = start;
    for (let match = edge.exec(this.#text); match; match = edge.exec(this.#text)) {
      depth += match[1] === name ? 1 : -1;
      this.#at = edge.lastIndex;
      if (depth === 0) return this.#text.slice(start, match.index);
      end = this.#at;
    }

    return this.#text.slice(start, end);
  }

  #nextText(): Token {
    const text = this.#text;
    const at = this.#at;
    if (at >= text.length) return this.#token('end', '', at);

    const open = startAt(text, at);
    if (open === 'comment') return this.#comment();
    if (open !== undefined) {
      this.#inCode = true;
      this.#at += text[at + 2] === '-' ? 3 : 2;
      return this.#token(open, text.slice(at, this.#at), at);
    }

    for (let index = at; index < text.length; index++) {
      const char = text[index];
      if (char === '{' && startAt(text, index) !== undefined) return this.#dataUpTo(index);
      if (char === '#' && text[index + 1] === '}')
        throw new TemplateFault("'#}' ends a comment that was not opened", index);
    }

    return this.#dataUpTo(text.length);
  }

  #dataUpTo(end: number): Token {
    const at = this.#at;
    this.#at = end;
    return this.#token('data', this.#text.slice(at, end), at);
  }

  #comment(): Token {
    const at = this.#at;
    const close = this.#text.indexOf('#}', at + 2);
    if (close < 0) throw new TemplateFault('unclosed comment', at);
    this.#at = close + 2;
    return this.#token('comment', this.#text.slice(at, this.#at), at);
  }

  #nextCode(): Token {
    const text = this.#text;
    const at = this.#at;
    if (at >= text.length) return this.#token('end', '', at);

    const char = text.charAt(at);
    if (char === '"' || char === "'") return this.#string(char);
    for (const [mark, type] of [
      ['%}', 'block-end'],
      ['}}', 'variable-end'],
    ] as const) {
      const dash = char === '-' ? 1 : 0;
      if (!text.startsWith(mark, at + dash)) continue;
      this.#inCode = false;
      this.#at = at + dash + 2;
      return this.#token(type, text.slice(at, this.#at), at);
    }

    if (char === 'r' && text[at + 1] === '/') return this.#pattern();
    const mark = this.#match(MARK);
    if (mark !== undefined) return this.#token('mark', mark, at);

    const word = this.#match(WORD) ?? '';
    if (!/^\d+$/.test(word)) return this.#token('name', word, at);
    return this.#token('number', word + (this.#match(FRACTION) ?? ''), at);
  }

  /** A backslash before any other letter than n, t and r falls away. */
  #string(quote: string): Token {
    const text = this.#text;
    const start = this.#at;
    let value = '';
    let at = start + 1;

    for (; at < text.length && text[at] !== quote; at++) {
      const char = text.charAt(at);
      if (char !== '\\') value += char;
      else {
        at += 1;
        value += ESCAPES.get(text.charAt(at)) ?? text.charAt(at);
      }
    }

    this.#at = at + 1;
    return this.#token('string', value, start);
  }

  #pattern(): Token {
    const text = this.#text;
    const at = this.#at;
    let end = at + 2;
    while (end < text.length && (text[end] !== '/' || text[end - 1] === '\\')) end += 1;
    this.#at = end + 1;
    return { type: 'pattern', value: text.slice(at + 2, end), flags: this.#match(FLAGS) ?? '', at };
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #token(type: Token['type'], value: string, at: number): Token {
    return { type, value, at };
  }
}

function startAt(text: string, at: number): 'block-start' | 'variable-start' | 'comment' | undefined {
  if (text[at] !== '{') return undefined;
  switch (text[at + 1]) {
    case '%':
      return 'block-start';
    case '{':
      return 'variable-start';
    case '#':
      return 'comment';
    default:
      return undefined;
  }
}
