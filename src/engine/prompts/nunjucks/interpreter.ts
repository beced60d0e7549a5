import { TemplateFault } from '../template/templateUse.ts';
import { Budget } from './budget.ts';
import type { Filter, FilterCall } from './filter.ts';
import { Frame } from './frame.ts';
import { globalOf } from './globals.ts';
import { LIST_FILTERS } from './listFilters.ts';
import { memberOf } from './members.ts';
import type { Arguments, Expression, Parameters, Statement } from './nodes.ts';
import { calculate, isIn } from './operators.ts';
import { TESTS } from './tests.ts';
import { TEXT_FILTERS } from './textFilters.ts';
import {
  Callable,
  isMap,
  isTrue,
  type Named,
  numberOf,
  Pattern,
  SafeText,
  stringOf,
  type Value,
  type ValueMap,
} from './values.ts';

/** Filters whose arguments have names. */
const NAMED_FILTERS = new Set(['sort', 'int']);

/** The filter of that name; undefined where Nunjucks and promptfoo have none. */
export function filterNamed(name: string): Filter | undefined {
  return TEXT_FILTERS.get(name) ?? LIST_FILTERS.get(name);
}

/** Writes a template with its variables, which are data. Throws TemplateFault where that fails. */
export class Evaluator {
  readonly #budget = new Budget();
  readonly #variables: ValueMap;
  readonly #draw: FilterCall['draw'];
  /** What the template sets at its top is known to its macros as well. */
  readonly #top = new Frame();
  readonly #exports = new Map<string, Value>();
  #at = 0;

  constructor(variables: ValueMap, draw: FilterCall['draw']) {
    this.#variables = variables;
    this.#draw = draw;
  }

  write(template: readonly Statement[]): string {
    try {
      return this.#writeAll(template, this.#top);
    } catch (error) {
      if (error instanceof TemplateFault) throw error;
      const isDeep = error instanceof RangeError && /call stack/i.test(error.message);
      const reason = isDeep
        ? 'it is nested too deeply'
        : error instanceof Error
          ? error.message
          : String(error);
      throw new TemplateFault(`the template cannot be rendered: ${reason}`, this.#at);
    }
  }

  #writeAll(statements: readonly Statement[], frame: Frame): string {
    let text = '';
    for (const statement of statements) {
      const part = this.#writeOne(statement, frame);
      if (part === '') continue;
      text += part;
      this.#budget.characters(part.length);
    }
    return text;
  }

  #writeOne(statement: Statement, frame: Frame): string {
    this.#budget.step();
    switch (statement.kind) {
      case 'text':
        return statement.text;
      case 'output': {
        this.#at = statement.at;
        const value = this.#valueOf(statement.value, frame);
        return value === undefined || value === null ? '' : stringOf(value);
      }
      case 'if':
        return this.#writeAll(
          isTrue(this.#valueOf(statement.condition, frame)) ? statement.yes : statement.no,
          frame,
        );
      case 'for':
        return this.#writeLoop(statement, new Frame(frame));
      case 'set': {
        const value = this.#valueOf(statement.value, frame);
        for (const name of statement.names) {
          frame.assign(name, value);
          if (frame === this.#top) this.#exports.set(name, value);
        }
        return '';
      }
      case 'macro': {
        const macro = this.#macro(statement.parameters, statement.body);
        if (frame === this.#top) this.#exports.set(statement.name, macro);
        else frame.declare(statement.name, macro);
        return '';
      }
      case 'switch':
        return this.#writeSwitch(statement, frame);
      case 'block':
        return this.#writeAll(statement.body, new Frame(frame, true));
    }
  }

  #writeLoop(loop: Extract<Statement, { kind: 'for' }>, frame: Frame): string {
    this.#at = loop.at;
    const rows = rowsOf(this.#valueOf(loop.list, frame), loop.names);
    let text = '';

    for (const [index, row] of rows.entries()) {
      this.#budget.step();
      for (const [place, name] of loop.names.entries()) frame.declare(name, row[place]);
      frame.declare('loop', {
        index: index + 1,
        index0: index,
        revindex: rows.length - index,
        revindex0: rows.length - index - 1,
        first: index === 0,
        last: index === rows.length - 1,
        length: rows.length,
      });

      text += this.#writeAll(loop.body, frame);
    }

    return rows.length === 0 ? this.#writeAll(loop.otherwise, frame) : text;
  }

  /** A case without anything in it goes on into the next one. */
  #writeSwitch({ value, cases, fallback }: Extract<Statement, { kind: 'switch' }>, frame: Frame): string {
    const sought = this.#valueOf(value, frame);
    const first = cases.findIndex((one) => this.#valueOf(one.value, frame) === sought);
    const found = first < 0 ? undefined : cases.slice(first).find(({ body }) => body.length > 0);
    return this.#writeAll(found?.body ?? fallback, frame);
  }

  /** A macro sees its arguments and what is set at the top, a caller (`around`) what is around it. */
  #macro({ names, defaults }: Parameters, body: readonly Statement[], around?: Frame): Callable {
    return new Callable((positional, named) => {
      const frame = new Frame(around, true);
      const caller = named.get('caller');
      if (caller !== undefined) frame.declare('caller', caller);
      for (const [index, name] of names.entries())
        frame.declare(name, index < positional.length ? positional[index] : named.get(name));

      for (const [index, [name, usual]] of defaults.entries()) {
        const given = positional.length > names.length + index ? positional[names.length + index] : undefined;
        const own = named.has(name) ? named.get(name) : given;
        frame.declare(name, own === undefined && !named.has(name) ? this.#valueOf(usual, frame) : own);
      }

      return new SafeText(this.#writeAll(body, frame));
    });
  }

  #valueOf(node: Expression, frame: Frame): Value {
    this.#budget.step();
    switch (node.kind) {
      case 'literal':
        return node.value;
      case 'pattern':
        this.#at = node.at;
        return new Pattern(node.body, node.flags);
      case 'name':
        return this.#lookUp(node.name, frame);
      case 'list':
        return node.items.map((item) => this.#valueOf(item, frame));
      case 'group':
        return node.items.map((item) => this.#valueOf(item, frame)).at(-1);
      case 'map':
        return Object.fromEntries(node.entries.map(([key, value]) => [key, this.#valueOf(value, frame)]));
      case 'member':
        return memberOf(this.#valueOf(node.object, frame), this.#valueOf(node.key, frame), this.#budget);
      case 'call':
        return this.#call(node, frame);
      case 'filter':
        return this.#filter(node, frame);
      case 'test':
        return this.#test(node, frame);
      case 'binary':
        return this.#binary(node, frame);
      case 'logic': {
        const left = this.#valueOf(node.left, frame);
        return isTrue(left) === (node.operator === 'or') ? left : this.#valueOf(node.right, frame);
      }
      case 'in': {
        const [left, right] = [this.#valueOf(node.left, frame), this.#valueOf(node.right, frame)];
        this.#at = node.at;
        return isIn(left, right);
      }
      case 'unary': {
        const value = this.#valueOf(node.operand, frame);
        if (node.operator === 'not') return !isTrue(value);
        return node.operator === '-' ? -numberOf(value) : numberOf(value);
      }
      case 'choice': {
        const chosen = isTrue(this.#valueOf(node.condition, frame)) ? node.yes : node.no;
        return chosen ? this.#valueOf(chosen, frame) : '';
      }
      case 'capture':
        return this.#writeAll(node.body, frame);
      case 'caller':
        return this.#macro(node.parameters, node.body, frame);
    }
  }

  #lookUp(name: string, frame: Frame): Value {
    const own = frame.lookUp(name);
    if (own !== undefined) return own;
    if (this.#exports.has(name)) return this.#exports.get(name);
    if (Object.hasOwn(this.#variables, name)) return this.#variables[name];
    return globalOf(name, this.#budget);
  }

  #binary(node: Extract<Expression, { kind: 'binary' }>, frame: Frame): Value {
    const [left, right] = [this.#valueOf(node.left, frame), this.#valueOf(node.right, frame)];
    this.#at = node.at;
    const value = calculate(node.operator, left, right);
    if (typeof value === 'string') this.#budget.characters(value.length);
    return value;
  }

  #call({ callee, args, at }: Extract<Expression, { kind: 'call' }>, frame: Frame): Value {
    const called = this.#valueOf(callee, frame);
    const { positional, named } = this.#arguments(args, frame);
    this.#at = at;
    if (called instanceof Callable) return called.call(positional, named);
    throw new TemplateFault(`'${nameOf(callee)}' is not a function`, at);
  }

  #filter({ name, input, args, at }: Extract<Expression, { kind: 'filter' }>, frame: Frame): Value {
    const filter = filterNamed(name);
    if (!filter) throw new TemplateFault(`Nunjucks has no filter '${name}'`, at);

    const given = this.#valueOf(input, frame);
    const { positional, named } = this.#arguments(args, frame);
    this.#at = at;
    if (named.size > 0 && !NAMED_FILTERS.has(name))
      throw new TemplateFault(`the filter '${name}' takes no named arguments`, at);

    try {
      return filter({ input: given, args: positional, named, budget: this.#budget, draw: this.#draw });
    } catch (error) {
      if (error instanceof TemplateFault) throw error;
      throw new TemplateFault(`the filter '${name}': ${error instanceof Error ? error.message : error}`, at);
    }
  }

  #test({ name, operand, args, at }: Extract<Expression, { kind: 'test' }>, frame: Frame): Value {
    const test = TESTS.get(name);
    if (!test) throw new TemplateFault(`Nunjucks has no test '${name}'`, at);
    const value = this.#valueOf(operand, frame);
    const { positional } = this.#arguments(args, frame);
    this.#at = at;
    return test(value, positional[0]);
  }

  #arguments({ positional, named }: Arguments, frame: Frame): { positional: Value[]; named: Named } {
    return {
      positional: positional.map((item) => this.#valueOf(item, frame)),
      named: new Map(named.map(([name, value]) => [name, this.#valueOf(value, frame)])),
    };
  }
}

/** What each round of a loop gives its names; a map has rounds only where the loop has two names. */
function rowsOf(list: Value, names: readonly string[]): Value[][] {
  if (!isTrue(list)) return [];
  if (Array.isArray(list) || (typeof list === 'string' && names.length === 1)) {
    const items: Value[] = typeof list === 'string' ? list.split('') : list;
    return names.length === 1 ? items.map((item) => [item]) : items.map(parts);
  }
  if (names.length === 1) return [];
  if (typeof list === 'string' || isMap(list)) return Object.entries(list);
  return [];
}

function parts(item: Value): Value[] {
  if (Array.isArray(item)) return item;
  if (item === undefined || item === null) throw new Error('a list item is empty and cannot be unpacked');
  return typeof item === 'string' ? item.split('') : [];
}

function nameOf(node: Expression): string {
  if (node.kind === 'name') return node.name;
  if (node.kind !== 'member') return 'this value';
  const key = node.key.kind === 'literal' ? String(node.key.value) : '…';
  return `${nameOf(node.object)}.${key}`;
}
