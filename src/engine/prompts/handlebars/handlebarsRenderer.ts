import Handlebars from 'handlebars';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import type { Role } from '../../model/message.ts';
import { TemplateSteps, TooManySteps } from '../template/templateSteps.ts';
import { TemplateFault } from '../template/templateUse.ts';
import { isBlock, isMustache, isPath, isSubExpression, parseHandlebars } from './handlebarsTemplate.ts';

/** What Dotprompt's helpers leave in the rendered text, to be taken apart afterwards. */
export interface HelperMarks {
  role(role: Role): string;
  history: string;
  image(url: string): string;
}

type Call = hbs.AST.MustacheStatement | hbs.AST.BlockStatement | hbs.AST.SubExpression;

interface CallOptions {
  hash: { [name: string]: JsonValue | undefined };
  loc: { start: { line: number; column: number } };
  fn?: (context: unknown) => string;
  inverse?: (context: unknown) => string;
}

const ROLES: { [name: string]: Role } = {
  system: 'system',
  user: 'user',
  model: 'assistant',
  assistant: 'assistant',
  tool: 'tool',
};

/** Handlebars' own helpers that walk into a value: it must be there. */
const WALKING = ['each', 'with'] as const;

/** Handlebars' own helpers that fill in a block once for each item; the last is `{{#items}}…{{/items}}`. */
const REPEATING = ['each', 'with', 'blockHelperMissing'] as const;

/**
 * Renders a Handlebars template with Dotprompt's helpers, nothing escaped, own properties only. A missing
 * value is an error unless an `if` or `unless` asks for it or its name is in `optional`. Throws TemplateFault.
 */
export function renderHandlebars(
  template: string,
  variables: JsonObject,
  optional: ReadonlySet<string>,
  marks: HelperMarks,
): string {
  const { program, offsetOf } = parseHandlebars(template);
  const places = new Places(program);

  const handlebars = createHandlebars(marks, (options, key) => {
    const path = places.argument(options.loc.start, key);
    if (path === undefined || optional.has(path.parts[0] ?? '')) return;
    throw new TemplateFault('', offsetOf(path.loc.start), path.original);
  });

  const absent = [...optional]
    .filter((name) => !Object.hasOwn(variables, name))
    .map((name) => [name, undefined]);

  try {
    const render = handlebars.compile(program, { noEscape: true, strict: true });
    // Said outright, or Handlebars writes a warning to the console.
    const ownOnly = { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false };
    return render({ ...Object.fromEntries(absent), ...variables }, ownOnly);
  } catch (error) {
    throw toFault(error, places, offsetOf);
  }
}

type RefuseMissing = (options: CallOptions, key?: string) => void;

function createHandlebars(marks: HelperMarks, refuse: RefuseMissing): typeof Handlebars {
  const handlebars = Handlebars.create();
  handlebars.unregisterHelper('log');
  countSteps(handlebars);

  for (const name of WALKING) {
    const walk = handlebars.helpers[name];
    handlebars.registerHelper(name, function (this: unknown, value: unknown, options: CallOptions) {
      if (value === undefined) refuse(options);
      return walk?.call(this, value, options);
    });
  }

  const equals = (wanted: boolean) =>
    function (this: unknown, a: unknown, b: unknown, options: CallOptions) {
      return ((a === b) === wanted ? options.fn?.(this) : options.inverse?.(this)) ?? '';
    };

  handlebars.registerHelper({
    ifEquals: equals(true),
    unlessEquals: equals(false),
    json: (value: unknown, options: CallOptions) => {
      if (value === undefined) refuse(options);
      return JSON.stringify(value ?? null, null, Number(options.hash['indent'] ?? 0));
    },
    role: (name: unknown) => marks.role(readRole(name)),
    history: () => marks.history,
    section: () => '',
    media: (options: CallOptions) => {
      const url = options.hash['url'];
      if (url === undefined) refuse(options, 'url');
      return typeof url === 'string' ? marks.image(url) : '';
    },
  });

  return handlebars;
}

/** Blocks in blocks over the same list multiply; what they build does, too. */
function countSteps(handlebars: typeof Handlebars): void {
  const steps = new TemplateSteps();
  for (const name of REPEATING) {
    const repeat = handlebars.helpers[name];
    handlebars.registerHelper(name, function (this: unknown, value: unknown, options: CallOptions) {
      const fill = options.fn;
      const counted = (...given: Parameters<NonNullable<CallOptions['fn']>>) => {
        steps.spend(1);
        const text = fill?.(...given) ?? '';
        steps.spendOn(text);
        return text;
      };
      return repeat?.call(this, value, fill ? { ...options, fn: counted } : options);
    });
  }
}

function readRole(name: unknown): Role {
  const role = typeof name === 'string' && Object.hasOwn(ROLES, name) ? ROLES[name] : undefined;
  if (role === undefined) throw new Error(`'${String(name)}' is not a role; use system, user, model or tool`);
  return role;
}

/** Finds paths and calls again by their position, which is all that Handlebars reports. */
class Places {
  readonly #paths = new Map<string, hbs.AST.PathExpression>();
  readonly #calls = new Map<string, Call>();

  constructor(program: hbs.AST.Program) {
    this.#visitProgram(program);
  }

  path(start: { line: number; column: number }): hbs.AST.PathExpression | undefined {
    return this.#paths.get(`${start.line}:${start.column}`);
  }

  /** The path that a call is given first, or under `key`. */
  argument(start: { line: number; column: number }, key?: string): hbs.AST.PathExpression | undefined {
    const call = this.#calls.get(`${start.line}:${start.column}`);
    const value =
      key === undefined ? call?.params[0] : call?.hash?.pairs.find((pair) => pair.key === key)?.value;
    return value && isPath(value) ? value : undefined;
  }

  #visitProgram(program: hbs.AST.Program | undefined): void {
    for (const statement of program?.body ?? []) {
      if (isMustache(statement) || isBlock(statement)) this.#visitCall(statement);
      if (!isBlock(statement)) continue;
      this.#visitProgram(statement.program);
      this.#visitProgram(statement.inverse);
    }
  }

  #visitCall(call: Call): void {
    this.#calls.set(key(call), call);
    for (const node of [call.path, ...call.params, ...(call.hash?.pairs ?? []).map((pair) => pair.value)]) {
      if (isPath(node)) this.#paths.set(key(node), node);
      else if (isSubExpression(node)) this.#visitCall(node);
    }
  }
}

function key(node: hbs.AST.Node): string {
  return `${node.loc.start.line}:${node.loc.start.column}`;
}

function toFault(
  error: unknown,
  places: Places,
  offsetOf: (position: { line: number; column: number }) => number,
): Error {
  if (error instanceof TemplateFault) return error;
  if (error instanceof TooManySteps) return new TemplateFault(error.message, 0);
  if (error instanceof RangeError) return new TemplateFault('the template is nested too deeply', 0);
  if (!(error instanceof Error)) return new Error(String(error));

  const line = 'lineNumber' in error && typeof error.lineNumber === 'number' ? error.lineNumber : undefined;
  const column = 'column' in error && typeof error.column === 'number' ? error.column : 0;
  if (line === undefined) return new TemplateFault(`the template cannot be rendered: ${error.message}`, 0);

  const offset = offsetOf({ line, column });
  const name = /^"(.*)" not defined in /s.exec(error.message)?.[1];
  if (name === undefined) {
    return new TemplateFault(
      `the template cannot be rendered: ${error.message.replace(/ - \d+:\d+$/, '')}`,
      offset,
    );
  }

  return new TemplateFault('', offset, places.path({ line, column })?.original ?? name);
}
