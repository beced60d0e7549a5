import { TemplateFault } from '../template/templateUse.ts';
import { type Token, TokenReader } from './tokens.ts';

/** Expressions and blocks within each other beyond which a template is refused. */
const MAX_DEPTH = 200;

/** The tokens of a template with one token of lookahead; the base of both parsers. */
export class TokenSource {
  readonly #reader: TokenReader;
  #peeked: Token | undefined;
  #depth = 0;

  constructor(template: string) {
    this.#reader = new TokenReader(template);
  }

  protected peek(): Token {
    this.#peeked ??= this.#reader.next();
    return this.#peeked;
  }

  protected next(): Token {
    const token = this.peek();
    this.#peeked = undefined;
    return token;
  }

  /** Everything up to the end of a raw block; only to be called right after a tag. */
  protected raw(name: 'raw' | 'verbatim'): string {
    return this.#reader.raw(name);
  }

  protected skip(type: Token['type'], value: string): boolean {
    const token = this.peek();
    if (token.type !== type || token.value !== value) return false;
    this.next();
    return true;
  }

  protected skipWord(word: string): boolean {
    return this.skip('name', word);
  }

  protected expectMark(mark: string): Token {
    const token = this.next();
    if (token.type === 'mark' && token.value === mark) return token;
    throw this.unexpected(token, `'${mark}'`);
  }

  protected expectName(what: string): Token {
    const token = this.next();
    if (token.type === 'name') return token;
    throw this.unexpected(token, what);
  }

  protected unexpected({ type, value, at }: Token, wanted: string): TemplateFault {
    const found = type === 'end' ? 'reached the end of the template' : `found '${value}'`;
    return new TemplateFault(`expected ${wanted}, but ${found}`, at);
  }

  protected nested<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new TemplateFault('the template is nested too deeply', this.peek().at);
    const result = read();
    this.#depth -= 1;
    return result;
  }
}
