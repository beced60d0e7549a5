import { Environment, Interpreter } from '@huggingface/jinja';
import type { JsonObject } from '../../model/json.ts';
import { TemplateSteps, TooManySteps } from '../template/templateSteps.ts';
import { TemplateFault } from '../template/templateUse.ts';
import { findJinjaCosts, type JinjaCosts } from './jinjaCosts.ts';
import { identifierName, type JinjaNode, nodesIn } from './jinjaNode.ts';
import { parseJinja } from './jinjaTemplate.ts';
import { findJinjaUses } from './jinjaUses.ts';

const MAX_RANGE = 10_000;

interface RuntimeValue {
  type: string;
  value: unknown;
}

interface Scope {
  variables: Map<string, RuntimeValue>;
  set(name: string, value: unknown): RuntimeValue;
}

interface Evaluator {
  evaluate(node: JinjaNode | undefined, scope: Scope): RuntimeValue;
}

const BaseScope: new () => Scope = Environment;
const BaseEvaluator: new (scope: Scope) => Evaluator = Interpreter;

/**
 * Renders a Jinja template. Values are data and are never interpreted as templates. A missing value is an error unless
 * the template guards it or its name is in `optional` (`any`: all are). Throws TemplateFault.
 */
export function renderJinja(
  template: string,
  variables: JsonObject,
  optional: ReadonlySet<string> | 'any',
): string {
  const parsed = parseJinja(template);
  const scope = createScope(variables);

  const evaluator = new StrictEvaluator(scope, {
    offsets: parsed.offsets,
    lenient: findJinjaUses(parsed).lenient,
    costs: findJinjaCosts(parsed.program),
    optional,
  });

  try {
    return String(evaluator.evaluate(parsed.program, scope).value);
  } catch (error) {
    if (error instanceof TemplateFault) throw error;
    if (error instanceof TooManySteps) throw new TemplateFault(error.message, evaluator.lastOffset);
    const message =
      error instanceof RangeError
        ? 'it is nested too deeply'
        : error instanceof Error
          ? error.message
          : String(error);
    throw new TemplateFault(`the template cannot be rendered: ${message}`, evaluator.lastOffset);
  }
}

/** The template's world: the variables and a few functions, but no clock and no unbounded range. */
function createScope(variables: JsonObject): Scope {
  const scope = new BaseScope();
  const constants = { true: true, false: false, none: null, True: true, False: false, None: null };
  const functions = { range: boundedRange, raise_exception: raise };
  for (const [name, value] of Object.entries({ ...functions, ...variables, ...constants })) {
    scope.variables.delete(name);
    scope.set(name, value);
  }
  return scope;
}

function boundedRange(first: number, second?: number, step = 1): number[] {
  const [start, stop] = second === undefined ? [0, first] : [first, second];
  const count = Math.max(0, Math.ceil((stop - start) / step));
  if (!(count <= MAX_RANGE)) throw new Error(`range() gives at most ${MAX_RANGE} numbers`);
  return Array.from({ length: count }, (_, index) => start + index * step);
}

function raise(message: unknown): never {
  throw new Error(String(message));
}

interface TemplateFacts {
  offsets: ReadonlyMap<JinjaNode, number>;
  /** Names and members that may be missing at this point. */
  lenient: ReadonlySet<JinjaNode>;
  costs: JinjaCosts;
  /** Names that may be missing everywhere. */
  optional: ReadonlySet<string> | 'any';
}

/** The interpreter with an end and without silence about missing values. */
class StrictEvaluator extends BaseEvaluator {
  readonly #facts: TemplateFacts;
  readonly #steps = new TemplateSteps();
  lastOffset = 0;

  constructor(scope: Scope, facts: TemplateFacts) {
    super(scope);
    this.#facts = facts;
  }

  override evaluate(node: JinjaNode | undefined, scope: Scope): RuntimeValue {
    this.#steps.spend(1);
    const offset = node && this.#facts.offsets.get(node);
    if (offset !== undefined) this.lastOffset = offset;

    const value = isLoad(node) ? this.#load(node, scope) : super.evaluate(node, scope);

    if (node && value?.type === 'UndefinedValue') this.#refuseMissing(node);
    if (node && value) this.#charge(node, value);
    return value;
  }

  #charge(node: JinjaNode, { value }: RuntimeValue): void {
    const { walked, widths } = this.#facts.costs;
    if (walked.has(node)) this.#steps.spendOn(value);
    if (widths.has(node) && typeof value === 'number') this.#steps.spend(Math.abs(value));
  }

  /** Parses a string as JSON. */
  #load(node: JinjaNode, scope: Scope): RuntimeValue {
    const [operand] = nodesIn(node['operand']);
    const text = operand && this.evaluate(operand, scope).value;
    if (typeof text !== 'string') throw new Error('load requires a string');
    return new BaseScope().set('value', JSON.parse(text));
  }

  #refuseMissing(node: JinjaNode): void {
    if (this.#facts.optional === 'any' || this.#facts.lenient.has(node)) return;
    const name = identifierName(node);
    if (name !== undefined && this.#facts.optional.has(name)) return;
    if (name === undefined && node.type !== 'MemberExpression') return;
    throw new TemplateFault('', this.#offsetOf(node), expressionName(node));
  }

  /** A member's place is that of the name at its root. */
  #offsetOf(node: JinjaNode): number {
    const root = node.type === 'MemberExpression' ? nodesIn(node['object'])[0] : undefined;
    return root ? this.#offsetOf(root) : (this.#facts.offsets.get(node) ?? this.lastOffset);
  }
}

/** promptfoo's own filter: `(config | load).tone`. */
function isLoad(node: JinjaNode | undefined): node is JinjaNode {
  return node?.type === 'FilterExpression' && identifierName(nodesIn(node['filter'])[0]) === 'load';
}

/** `order.id`, `items[0].name`: a name or member as the template writes it. */
function expressionName(node: JinjaNode): string {
  if (node.type !== 'MemberExpression') return identifierName(node) ?? JSON.stringify(node['value'] ?? '…');
  const [object] = nodesIn(node['object']);
  const [property] = nodesIn(node['property']);
  const left = object ? expressionName(object) : '';
  const right = property ? expressionName(property) : '';
  return node['computed'] === true ? `${left}[${right}]` : `${left}.${right}`;
}
