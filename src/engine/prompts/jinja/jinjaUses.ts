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
  /** Names and members that may be missing where they stand. */
  lenient: ReadonlySet<JinjaNode>;
}

interface Scope {
  /** Bound by a loop, `set`, a macro. */
  own: Set<string>;
  /** Tested by an enclosing `if`. */
  tested: ReadonlySet<string>;
}

/** Which variables a template reads: its loops' own and those it sets are not among them. */
export function findJinjaUses(template: JinjaTemplate): JinjaUses {
  const uses: TemplateUse[] = [];
  const lenient = new Set<JinjaNode>();

  const visitAll = (nodes: unknown, scope: Scope) => {
    for (const node of nodesIn(nodes)) visit(node, scope);
  };

  /** Marks a whole condition, or only the value at hand with its objects. */
  const allow = (nodes: unknown, whole: boolean) => {
    for (const node of nodesIn(nodes)) {
      lenient.add(node);
      if (whole) allow(childNodes(node), true);
      else if (node.type === 'MemberExpression') allow(node['object'], false);
    }
  };

  const branch = (test: unknown, yes: unknown, no: unknown, scope: Scope) => {
    allow(test, true);
    visitAll(test, scope);
    visitAll(yes, { ...scope, tested: new Set([...scope.tested, ...names(test)]) });
    visitAll(no, scope);
  };

  const visit = (node: JinjaNode, scope: Scope): void => {
    switch (node.type) {
      case 'Identifier': {
        const name = identifierName(node) ?? '';
        if (BUILT_IN.has(name) || scope.own.has(name)) return;
        const guarded = lenient.has(node) || scope.tested.has(name);
        uses.push({ name, offset: template.offsets.get(node) ?? 0, guarded });
        return;
      }
      case 'MemberExpression':
        visitAll(node['object'], scope);
        if (node['computed'] === true) visitAll(node['property'], scope);
        return;
      case 'FilterExpression':
        if (filterName(node) === 'default') allow(node['operand'], false);
        visitAll(node['operand'], scope);
        visitArguments(node['filter'], scope);
        return;
      case 'FilterStatement':
        visitArguments(node['filter'], scope);
        visitAll(node['body'], { ...scope, own: new Set(scope.own) });
        return;
      case 'TestExpression':
        if (ABSENCE_TESTS.has(identifierName(nodesIn(node['test'])[0]) ?? '')) allow(node['operand'], false);
        visitAll(node['operand'], scope);
        return;
      case 'BinaryExpression':
        visitBinary(node, scope);
        return;
      case 'KeywordArgumentExpression':
        visitAll(node['value'], scope);
        return;
      case 'If':
        branch(node['test'], node['body'], node['alternate'], scope);
        return;
      case 'Ternary':
        branch(node['condition'], node['trueExpr'], node['falseExpr'], scope);
        return;
      case 'SelectExpression':
        branch(node['test'], node['lhs'], [], scope);
        return;
      case 'For':
        visitLoop(node, scope);
        return;
      case 'Set':
        visitAll(node['value'], scope);
        visitAll(node['body'], { ...scope, own: new Set(scope.own) });
        for (const name of names(node['assignee'])) scope.own.add(name);
        return;
      case 'Macro':
        for (const name of names(node['name'])) scope.own.add(name);
        visitFunction(node['args'], node['body'], scope);
        return;
      case 'CallStatement':
        visitAll(node['call'], scope);
        visitFunction(node['callerArgs'], node['body'], scope);
        return;
      default:
        visitAll(childNodes(node), scope);
    }
  };

  const visitArguments = (filter: unknown, scope: Scope) => {
    for (const node of nodesIn(filter)) if (node.type === 'CallExpression') visitAll(node['args'], scope);
  };

  const visitBinary = (node: JinjaNode, scope: Scope) => {
    const { operator } = node;
    const word =
      typeof operator === 'object' && operator !== null && 'value' in operator ? operator.value : '';
    if (word === 'or') allow(node['left'], false);
    if (word === 'and') branch(node['left'], node['right'], [], scope);
    else visitAll([node['left'], node['right']], scope);
  };

  const visitLoop = (node: JinjaNode, scope: Scope) => {
    const inner = { ...scope, own: new Set([...scope.own, 'loop', ...names(node['loopvar'])]) };
    const [iterable] = nodesIn(node['iterable']);
    if (iterable?.type === 'SelectExpression') {
      visitAll(iterable['lhs'], scope);
      allow(iterable['test'], true);
      visitAll(iterable['test'], inner);
    } else visitAll(iterable, scope);
    visitAll(node['body'], inner);
    visitAll(node['defaultBlock'], inner);
  };

  const visitFunction = (parameters: unknown, body: unknown, scope: Scope) => {
    const keys = nodesIn(parameters).map((node) => (node.type === 'Identifier' ? node : node['key']));
    for (const node of nodesIn(parameters)) if (node.type !== 'Identifier') visitAll(node['value'], scope);
    const own = new Set([...scope.own, ...names(keys), 'varargs', 'kwargs', 'caller']);
    visitAll(body, { ...scope, own });
  };

  visit(template.program, { own: new Set(), tested: new Set() });
  return { uses: uses.sort((a, b) => a.offset - b.offset), lenient };
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
