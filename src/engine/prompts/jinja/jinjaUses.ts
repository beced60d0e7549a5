import type { TemplateUse } from '../template/templateUse.ts';
import { childNodes, identifierName, type JinjaNode, nodesIn } from './jinjaNode.ts';
import type { JinjaTemplate } from './jinjaTemplate.ts';

/** Names that a template has without being given them. */
const BUILT_IN = new Set([
  'true',
  'false',
  'none',
  'True',
  'False',
  'None',
  'range',
  'namespace',
  'raise_exception',
]);

/** Tests that a missing value may be put to. */
const ABSENCE_TESTS = new Set(['defined', 'undefined', 'none']);

export interface JinjaUses {
  /** Variables that are not the template's own, in source order. */
  uses: TemplateUse[];
  /** Names and members that may be missing at this point. */
  lenient: ReadonlySet<JinjaNode>;
}

interface Scope {
  /** Bound by a loop, `set`, a macro. */
  own: Set<string>;
  /** Tested by an enclosing `if`. */
  tested: ReadonlySet<string>;
}

/** Which variables a template reads, without the ones it sets itself (loop variables, `set`, macro parameters). */
export function findJinjaUses(template: JinjaTemplate): JinjaUses {
  return new UseFinder(template).find();
}

class UseFinder {
  readonly #template: JinjaTemplate;
  readonly #uses: TemplateUse[] = [];
  readonly #lenient = new Set<JinjaNode>();

  constructor(template: JinjaTemplate) {
    this.#template = template;
  }

  find(): JinjaUses {
    this.#visit(this.#template.program, { own: new Set(), tested: new Set() });
    return { uses: this.#uses.sort((a, b) => a.offset - b.offset), lenient: this.#lenient };
  }

  #visitAll(nodes: unknown, scope: Scope): void {
    for (const node of nodesIn(nodes)) this.#visit(node, scope);
  }

  #visit(node: JinjaNode, scope: Scope): void {
    switch (node.type) {
      case 'Identifier':
        this.#visitName(node, scope);
        return;
      case 'MemberExpression':
        this.#visitAll(node['object'], scope);
        if (node['computed'] === true) this.#visitAll(node['property'], scope);
        return;
      case 'FilterExpression':
        if (filterName(node) === 'default') this.#allow(node['operand'], false);
        this.#visitAll(node['operand'], scope);
        this.#visitArguments(node['filter'], scope);
        return;
      case 'FilterStatement':
        this.#visitArguments(node['filter'], scope);
        this.#visitAll(node['body'], { ...scope, own: new Set(scope.own) });
        return;
      case 'TestExpression':
        if (ABSENCE_TESTS.has(identifierName(nodesIn(node['test'])[0]) ?? ''))
          this.#allow(node['operand'], false);
        this.#visitAll(node['operand'], scope);
        return;
      case 'BinaryExpression':
        this.#visitBinary(node, scope);
        return;
      case 'KeywordArgumentExpression':
        this.#visitAll(node['value'], scope);
        return;
      case 'If':
        this.#branch(node['test'], node['body'], node['alternate'], scope);
        return;
      case 'Ternary':
        this.#branch(node['condition'], node['trueExpr'], node['falseExpr'], scope);
        return;
      case 'SelectExpression':
        this.#branch(node['test'], node['lhs'], [], scope);
        return;
      case 'For':
        this.#visitLoop(node, scope);
        return;
      case 'Set':
        this.#visitAll(node['value'], scope);
        this.#visitAll(node['body'], { ...scope, own: new Set(scope.own) });
        for (const name of names(node['assignee'])) scope.own.add(name);
        return;
      case 'Macro':
        for (const name of names(node['name'])) scope.own.add(name);
        this.#visitFunction(node['args'], node['body'], scope);
        return;
      case 'CallStatement':
        this.#visitAll(node['call'], scope);
        this.#visitFunction(node['callerArgs'], node['body'], scope);
        return;
      default:
        this.#visitAll(childNodes(node), scope);
    }
  }

  #visitName(node: JinjaNode, scope: Scope): void {
    const name = identifierName(node) ?? '';
    if (BUILT_IN.has(name) || scope.own.has(name)) return;

    const guarded = this.#lenient.has(node) || scope.tested.has(name);
    this.#uses.push({ name, offset: this.#template.offsets.get(node) ?? 0, guarded });
  }

  /** Both branches of a condition; what it tests may be missing in the first. */
  #branch(test: unknown, yes: unknown, no: unknown, scope: Scope): void {
    this.#allow(test, true);
    this.#visitAll(test, scope);
    this.#visitAll(yes, { ...scope, tested: new Set([...scope.tested, ...names(test)]) });
    this.#visitAll(no, scope);
  }

  /** Allows a missing value: in a whole condition, or only in the given value and the objects it is a member of. */
  #allow(nodes: unknown, whole: boolean): void {
    for (const node of nodesIn(nodes)) {
      this.#lenient.add(node);
      if (whole) this.#allow(childNodes(node), true);
      else if (node.type === 'MemberExpression') this.#allow(node['object'], false);
    }
  }

  #visitArguments(filter: unknown, scope: Scope): void {
    for (const node of nodesIn(filter))
      if (node.type === 'CallExpression') this.#visitAll(node['args'], scope);
  }

  #visitBinary(node: JinjaNode, scope: Scope): void {
    const { operator } = node;
    const word =
      typeof operator === 'object' && operator !== null && 'value' in operator ? operator.value : '';

    if (word === 'or') this.#allow(node['left'], false);
    if (word === 'and') this.#branch(node['left'], node['right'], [], scope);
    else this.#visitAll([node['left'], node['right']], scope);
  }

  #visitLoop(node: JinjaNode, scope: Scope): void {
    const inner = { ...scope, own: new Set([...scope.own, 'loop', ...names(node['loopvar'])]) };
    const [iterable] = nodesIn(node['iterable']);

    if (iterable?.type === 'SelectExpression') {
      this.#visitAll(iterable['lhs'], scope);
      this.#allow(iterable['test'], true);
      this.#visitAll(iterable['test'], inner);
    } else this.#visitAll(iterable, scope);

    this.#visitAll(node['body'], inner);
    this.#visitAll(node['defaultBlock'], inner);
  }

  #visitFunction(parameters: unknown, body: unknown, scope: Scope): void {
    const keys = nodesIn(parameters).map((node) => (node.type === 'Identifier' ? node : node['key']));
    for (const node of nodesIn(parameters))
      if (node.type !== 'Identifier') this.#visitAll(node['value'], scope);

    const own = new Set([...scope.own, ...names(keys), 'varargs', 'kwargs', 'caller']);
    this.#visitAll(body, { ...scope, own });
  }
}

/** Every name in an expression, members and filters included: a test of `a.b` guards `a`. */
function names(nodes: unknown): string[] {
  return nodesIn(nodes).flatMap((node) => {
    const name = identifierName(node);
    return name === undefined ? names(childNodes(node)) : [name];
  });
}

function filterName(node: JinjaNode): string | undefined {
  const [filter] = nodesIn(node['filter']);
  return filter?.type === 'CallExpression'
    ? identifierName(nodesIn(filter['callee'])[0])
    : identifierName(filter);
}
