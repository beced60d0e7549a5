import { TemplateFault } from '../template/templateUse.ts';
import {
  type Arguments,
  type BinaryOperator,
  type Expression,
  NO_ARGUMENTS,
  type Parameters,
} from './nodes.ts';
import { TokenSource } from './tokenSource.ts';

/**
 * JavaScript's precedence, because Nunjucks copies these operators into generated JavaScript regardless of its own
 * grammar: `'n' ~ 1 + 2` is n12, and `not a == b` is `(not a) == b`.
 */
const PRECEDENCE: Readonly<Record<Exclude<BinaryOperator, '//' | '**'>, number>> = {
  '==': 1,
  '===': 1,
  '!=': 1,
  '!==': 1,
  '<': 2,
  '>': 2,
  '<=': 2,
  '>=': 2,
  '~': 3,
  '+': 3,
  '-': 3,
  '*': 4,
  '/': 4,
  '%': 4,
};

type Flat = keyof typeof PRECEDENCE;
/** Operands with operators between them, in their order. */
interface Chain {
  operands: Expression[];
  operators: { operator: Flat; at: number }[];
}

const CONSTANTS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['none', null],
  ['null', null],
]);

/** Nunjucks' expressions. */
export class ExpressionParser extends TokenSource {
  protected expression(): Expression {
    return this.nested(() => {
      const yes = this.#or();
      if (!this.skipWord('if')) return yes;
      const condition = this.#or();
      return { kind: 'choice', condition, yes, no: this.skipWord('else') ? this.#or() : undefined };
    });
  }

  #or(): Expression {
    let left = this.#and();
    while (this.skipWord('or')) left = { kind: 'logic', operator: 'or', left, right: this.#and() };
    return left;
  }

  #and(): Expression {
    let left = this.#not();
    while (this.skipWord('and')) left = { kind: 'logic', operator: 'and', left, right: this.#not() };
    return left;
  }

  #not(): Expression {
    return this.skipWord('not') ? this.nested(() => negate(this.#not())) : this.#in();
  }

  #in(): Expression {
    let left = this.#is();
    for (;;) {
      const { at } = this.peek();
      const turned = this.skipWord('not');
      if (!this.skipWord('in')) {
        if (turned) throw this.unexpected(this.peek(), "'in'");
        return left;
      }
      left = { kind: 'in', left, right: this.#is(), at };
      if (turned) left = { kind: 'unary', operator: 'not', operand: left };
    }
  }

  #is(): Expression {
    const operand = this.#chain();
    if (!this.skipWord('is')) return operand;
    const turned = this.skipWord('not');
    const { value: name, at } = this.expectName('the name of a test');
    const test: Expression = { kind: 'test', name, operand, args: this.#optionalArguments(), at };
    return turned ? { kind: 'unary', operator: 'not', operand: test } : test;
  }

  /**
   * Comparisons and arithmetic. `//` binds more tightly than anything but `%`, and takes its neighbours as one
   * fraction.
   */
  #chain(): Expression {
    const chain: Chain = { operands: [], operators: [] };
    for (;;) {
      let part = this.#remainders();
      while (this.skip('mark', '//')) part = floored(part, this.#remainders());
      append(chain, part);
      const { type, value, at } = this.peek();
      if (type !== 'mark' || !isFlat(value)) return grouped(chain);
      this.next();
      chain.operators.push({ operator: value, at });
    }
  }

  #remainders(): Chain {
    const chain: Chain = { operands: [this.#power()], operators: [] };
    for (let { at } = this.peek(); this.skip('mark', '%'); { at } = this.peek()) {
      chain.operators.push({ operator: '%', at });
      chain.operands.push(this.#power());
    }
    return chain;
  }

  #power(): Expression {
    let left = this.#filtered(this.#signed());
    for (let { at } = this.peek(); this.skip('mark', '**'); { at } = this.peek())
      left = { kind: 'binary', operator: '**', left, right: this.#filtered(this.#signed()), at };
    return left;
  }

  #signed(): Expression {
    for (const operator of ['-', '+'] as const)
      if (this.skip('mark', operator))
        return { kind: 'unary', operator, operand: this.nested(() => this.#signed()) };
    return this.primary();
  }

  #filtered(given: Expression): Expression {
    let input = given;
    while (this.skip('mark', '|')) input = { ...this.filterCall(), input };
    return input;
  }

  /** The name and arguments of a filter, after `|` or in a filter block. */
  protected filterCall(): { kind: 'filter'; name: string; args: Arguments; at: number } {
    const { value, at } = this.expectName('the name of a filter');
    let name = value;
    while (this.skip('mark', '.')) name += `.${this.expectName('the name of a filter').value}`;
    return { kind: 'filter', name, args: this.#optionalArguments(), at };
  }

  protected primary(): Expression {
    const token = this.next();
    const { type, value, at } = token;
    switch (type) {
      case 'string':
        return this.#postfix({ kind: 'literal', value });
      case 'number':
        return this.#postfix({ kind: 'literal', value: Number.parseFloat(value) });
      case 'pattern':
        return this.#postfix({ kind: 'pattern', body: value, flags: token.flags ?? '', at });
      case 'name': {
        const constant = CONSTANTS.get(value);
        return this.#postfix(
          constant === undefined ? { kind: 'name', name: value, at } : { kind: 'literal', value: constant },
        );
      }
      case 'mark':
        if (value === '(') return this.#postfix({ kind: 'group', items: this.#group(at) });
        if (value === '[') return this.#postfix({ kind: 'list', items: this.#items(']') });
        if (value === '{') return this.#postfix({ kind: 'map', entries: this.#entries() });
    }

    throw this.unexpected(token, 'a value');
  }

  #postfix(given: Expression): Expression {
    let node = given;
    for (;;) {
      const { at } = this.peek();
      if (this.skip('mark', '(')) node = { kind: 'call', callee: node, args: this.#arguments(), at };
      else if (this.skip('mark', '[')) {
        const [key, ...more] = this.#items(']');
        if (!key || more.length > 0) throw new TemplateFault("expected one key between '[' and ']'", at);
        node = { kind: 'member', object: node, key, at };
      } else if (this.skip('mark', '.')) {
        const key = this.expectName('a name').value;
        node = { kind: 'member', object: node, key: { kind: 'literal', value: key }, at };
      } else return node;
    }
  }

  #group(at: number): Expression[] {
    const items = this.#items(')');
    if (items.length === 0) throw new TemplateFault("nothing between '(' and ')'", at);
    return items;
  }

  #items(close: ')' | ']'): Expression[] {
    const items: Expression[] = [];
    while (!this.skip('mark', close)) {
      if (items.length > 0) this.expectMark(',');
      items.push(this.expression());
    }
    return items;
  }

  #entries(): [string, Expression][] {
    const entries: [string, Expression][] = [];
    while (!this.skip('mark', '}')) {
      if (entries.length > 0) this.expectMark(',');
      const key = this.next();
      if (key.type !== 'name' && key.type !== 'string') throw this.unexpected(key, 'a key');
      this.expectMark(':');
      entries.push([key.value, this.expression()]);
    }
    return entries;
  }

  #optionalArguments(): Arguments {
    return this.skip('mark', '(') ? this.#arguments() : NO_ARGUMENTS;
  }

  /** Behind the opening parenthesis. */
  #arguments(): Arguments {
    const args: Arguments = { positional: [], named: [] };
    for (let isFirst = true; !this.skip('mark', ')'); isFirst = false) {
      if (!isFirst) this.expectMark(',');
      const { at } = this.peek();
      const value = this.expression();
      if (!this.skip('mark', '=')) args.positional.push(value);
      else if (value.kind === 'name') args.named.push([value.name, this.expression()]);
      else throw new TemplateFault("expected a name before '='", at);
    }
    return args;
  }

  /** The parameters of a macro or of a call block. */
  protected parameters(): Parameters {
    const { at } = this.expectMark('(');
    const { positional, named } = this.#arguments();
    const names = positional.map((item) => {
      if (item.kind === 'name') return item.name;
      throw new TemplateFault('parameters must be names', at);
    });
    return { names, defaults: named };
  }
}

function isFlat(value: string): value is Flat {
  return Object.hasOwn(PRECEDENCE, value);
}

/** `!` applies to the first operand only. */
function negate(operand: Expression): Expression {
  if (operand.kind !== 'binary' || operand.operator === '//' || operand.operator === '**')
    return { kind: 'unary', operator: 'not', operand };
  return { ...operand, left: negate(operand.left) };
}

function append(chain: Chain, part: Chain): void {
  chain.operands.push(...part.operands);
  chain.operators.push(...part.operators);
}

/** `Math.floor(left / right)`, with both sides as written. */
function floored(left: Chain, right: Chain): Chain {
  const at = left.operators[0]?.at ?? 0;
  const fraction: Chain = { operands: [...left.operands], operators: [...left.operators] };
  fraction.operators.push({ operator: '/', at });
  append(fraction, right);
  const whole: Expression = { kind: 'literal', value: 1 };
  return {
    operands: [{ kind: 'binary', operator: '//', left: grouped(fraction), right: whole, at }],
    operators: [],
  };
}

/** The chain as a tree, by precedence and from left to right. */
function grouped({ operands, operators }: Chain): Expression {
  let index = 0;
  const read = (least: number): Expression => {
    let left = operands[index] ?? { kind: 'literal', value: null };
    for (let next = operators[index]; next && PRECEDENCE[next.operator] >= least; next = operators[index]) {
      index += 1;
      left = { kind: 'binary', ...next, left, right: read(PRECEDENCE[next.operator] + 1) };
    }
    return left;
  };
  return read(1);
}
