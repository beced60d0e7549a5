import { TemplateFault } from '../template/templateUse.ts';
import { ExpressionParser } from './expressionParser.ts';
import type { Expression, Parameters, Statement } from './nodes.ts';
import type { Token } from './tokens.ts';

const FOREIGN = new Set(['extends', 'include', 'import', 'from']);
const LOOP_ENDS: ReadonlyMap<string, string> = new Map([
  ['for', 'endfor'],
  ['asyncEach', 'endeach'],
  ['asyncAll', 'endall'],
]);

/** Reads a template of Nunjucks'. Throws TemplateFault where it cannot be read. */
export function parseNunjucks(template: string): Statement[] {
  return new StatementParser(template).all();
}

class StatementParser extends ExpressionParser {
  /** Tags that end the current block. */
  #ends: readonly string[] = [];
  /** The last tag ended with `-`. */
  #dropsSpace = false;

  all(): Statement[] {
    return this.#statements();
  }

  #statements(): Statement[] {
    const found: Statement[] = [];
    for (let token = this.next(); token.type !== 'end'; token = this.next()) {
      switch (token.type) {
        case 'data':
          found.push({ kind: 'text', text: this.#trimmed(token.value) });
          break;
        case 'comment':
          this.#dropsSpace = token.value.at(-3) === '-';
          break;
        case 'variable-start': {
          const value = this.expression();
          const end = this.next();
          if (end.type !== 'variable-end') throw this.unexpected(end, "'}}'");
          this.#dropsSpace = end.value.startsWith('-');
          found.push({ kind: 'output', value, at: token.at });
          break;
        }
        case 'block-start': {
          this.#dropsSpace = false;
          const statement = this.#statement(token.at);
          if (!statement) return found;
          found.push(statement);
          break;
        }
        default:
          throw this.unexpected(token, 'text or a tag');
      }
    }

    return found;
  }

  /** A `-` trims the white space next to a tag. */
  #trimmed(text: string): string {
    const from = this.#dropsSpace ? text.trimStart() : text;
    this.#dropsSpace = false;
    const { type, value } = this.peek();
    const isTag = type === 'block-start' || type === 'variable-start' || type === 'comment';
    return isTag && value[2] === '-' ? from.trimEnd() : from;
  }

  /** Undefined at a tag that ends the current block, whose name is then the next token. */
  #statement(at: number): Statement | undefined {
    const tag = this.peek();
    if (tag.type !== 'name') throw this.unexpected(tag, 'the name of a tag');
    if (this.#ends.includes(tag.value)) return undefined;
    this.next();

    switch (tag.value) {
      case 'raw':
      case 'verbatim':
        this.#endTag();
        return { kind: 'text', text: this.raw(tag.value) };
      case 'if':
      case 'ifAsync':
        return this.#if(at);
      case 'for':
      case 'asyncEach':
      case 'asyncAll':
        return this.#for(at, LOOP_ENDS.get(tag.value) ?? '');
      case 'set':
        return this.#set(at);
      case 'macro':
        return this.#macro(at);
      case 'call':
        return this.#call(at);
      case 'filter':
        return this.#filter(at);
      case 'switch':
        return this.#switch(at);
      case 'block':
        return this.#block(at);
    }

    if (FOREIGN.has(tag.value))
      throw new TemplateFault(`{% ${tag.value} %} includes another template, which is not supported`, at);
    throw new TemplateFault(`unknown tag {% ${tag.value} %}`, at);
  }

  #if(at: number): Statement {
    const condition = this.expression();
    this.#endTag();
    const yes = this.#until(at, 'elif', 'elseif', 'else', 'endif');
    const tag = this.next().value;
    if (tag === 'elif' || tag === 'elseif')
      return { kind: 'if', condition, yes, no: [this.nested(() => this.#if(at))] };
    this.#endTag();
    if (tag === 'endif') return { kind: 'if', condition, yes, no: [] };
    return { kind: 'if', condition, yes, no: this.#closed(at, 'endif') };
  }

  #for(at: number, end: string): Statement {
    const names = [this.expectName('the name of a loop variable').value];
    while (this.skip('mark', ',')) names.push(this.expectName('the name of a loop variable').value);
    if (!this.skipWord('in')) throw this.unexpected(this.peek(), "'in'");
    const list = this.expression();
    this.#endTag();
    const body = this.#until(at, end, 'else');
    const hasElse = this.next().value === 'else';
    this.#endTag();
    const otherwise = hasElse ? this.#closed(at, end) : [];
    return { kind: 'for', names, list, body, otherwise, at };
  }

  #set(at: number): Statement {
    const names: string[] = [];
    do names.push(this.expectName('the name of a variable').value);
    while (this.skip('mark', ','));
    if (this.skip('mark', '=')) {
      const value = this.expression();
      this.#endTag();
      return { kind: 'set', names, value };
    }
    const end = this.next();
    if (end.type !== 'block-end') throw this.unexpected(end, "'=' or '%}'");
    return { kind: 'set', names, value: { kind: 'capture', body: this.#closed(at, 'endset') } };
  }

  #macro(at: number): Statement {
    const name = this.expectName('the name of a macro').value;
    const parameters = this.parameters();
    this.#endTag();
    return { kind: 'macro', name, parameters, body: this.#closed(at, 'endmacro') };
  }

  #call(at: number): Statement {
    const { type, value } = this.peek();
    const none: Parameters = { names: [], defaults: [] };
    const parameters = type === 'mark' && value === '(' ? this.parameters() : none;
    const macro = this.primary();
    if (macro.kind !== 'call') throw new TemplateFault('{% call %} must call a macro', at);
    this.#endTag();
    const caller: Expression = { kind: 'caller', parameters, body: this.#closed(at, 'endcall') };
    const args = { ...macro.args, named: [...macro.args.named, ['caller', caller] as [string, Expression]] };
    return { kind: 'output', value: { ...macro, args }, at };
  }

  #filter(at: number): Statement {
    const filter = this.filterCall();
    this.#endTag();
    const input: Expression = { kind: 'capture', body: this.#closed(at, 'endfilter') };
    return { kind: 'output', value: { ...filter, input }, at };
  }

  #switch(at: number): Statement {
    const value = this.expression();
    this.#endTag();

    // Content before the first case is dropped.
    this.#until(at, 'case', 'default', 'endswitch');
    const cases: { value: Expression; body: Statement[] }[] = [];
    let tag = this.next().value;

    while (tag === 'case') {
      const matched = this.expression();
      this.#endTag();
      cases.push({ value: matched, body: this.#until(at, 'case', 'default', 'endswitch') });
      tag = this.next().value;
    }

    this.#endTag();
    const fallback = tag === 'default' ? this.#closed(at, 'endswitch') : [];
    return { kind: 'switch', value, cases, fallback };
  }

  #block(at: number): Statement {
    const name = this.expectName('the name of a block').value;
    this.#endTag();
    const body = this.#until(at, 'endblock');
    this.next();
    this.skipWord(name);
    this.#endTag();
    return { kind: 'block', body };
  }

  /** Up to a tag of these names, which is the next token then. */
  #until(at: number, ...ends: string[]): Statement[] {
    const outer = this.#ends;
    this.#ends = ends;
    const found = this.nested(() => this.#statements());
    this.#ends = outer;
    if (!this.#isAt(this.peek(), ends))
      throw new TemplateFault(`unclosed block: {% ${ends.at(-1)} %} is missing`, at);
    return found;
  }

  /** Up to the end of the block, which is read over. */
  #closed(at: number, end: string): Statement[] {
    const found = this.#until(at, end);
    this.next();
    this.#endTag();
    return found;
  }

  #isAt({ type, value }: Token, names: readonly string[]): boolean {
    return type === 'name' && names.includes(value);
  }

  #endTag(): void {
    const token = this.next();
    if (token.type !== 'block-end') throw this.unexpected(token, "'%}'");
    if (token.value.startsWith('-')) this.#dropsSpace = true;
  }
}
