import { childNodes, identifierName, type JinjaNode, nodesIn } from './jinjaNode.ts';

/** Filters that look at a value without going through it. */
const QUICK_FILTERS = new Set(['length', 'count', 'first', 'last', 'default', 'd', 'safe', 'list']);

export interface JinjaCosts {
  /** Nodes whose whole value is traversed: the operand of a filter, the list of a loop, the output of an expression. */
  walked: ReadonlySet<JinjaNode>;
  /** Arguments of filters; a number may be a width, which produces that many characters. */
  widths: ReadonlySet<JinjaNode>;
}

/** Which nodes of a template cost more than their own evaluation. */
export function findJinjaCosts(program: JinjaNode): JinjaCosts {
  const walked = new Set<JinjaNode>();
  const widths = new Set<JinjaNode>();
  const walk = (...fields: unknown[]) => {
    for (const node of nodesIn(fields)) walked.add(node);
  };

  const visit = (node: JinjaNode): void => {
    // Statements become text; names and conditions are in other fields.
    walk(node['body'], node['alternate'], node['defaultBlock']);
    switch (node.type) {
      case 'For':
        walk(node['iterable']);
        break;
      case 'SelectExpression':
        walk(node['lhs']);
        break;
      case 'FilterExpression':
      case 'FilterStatement':
        walk(node);
        if (!isQuick(node)) walk(node['operand']);
        for (const argument of filterArguments(node)) widths.add(argument);
        break;
      case 'CallExpression':
        walk(node, node['args'], receiver(node));
        break;
      case 'BinaryExpression':
        walk(node);
        if (isMembership(node)) walk(node['right']);
        break;
      case 'MemberExpression':
        if (nodesIn(node['property'])[0]?.type === 'SliceExpression') walk(node, node['object']);
        break;
    }

    for (const child of childNodes(node)) visit(child);
  };

  visit(program);
  return { walked, widths };
}

function isQuick(node: JinjaNode): boolean {
  return QUICK_FILTERS.has(identifierName(nodesIn(node['filter'])[0]) ?? '');
}

function filterArguments(node: JinjaNode): JinjaNode[] {
  const [filter] = nodesIn(node['filter']);
  const given = filter?.type === 'CallExpression' ? nodesIn(filter['args']) : [];
  return given.flatMap((argument) =>
    argument.type === 'KeywordArgumentExpression' ? nodesIn(argument['value']) : [argument],
  );
}

/** `text` in `text.split(',')`. */
function receiver(call: JinjaNode): unknown {
  const [callee] = nodesIn(call['callee']);
  return callee?.type === 'MemberExpression' ? callee['object'] : undefined;
}

function isMembership(node: JinjaNode): boolean {
  const operator: unknown = node['operator'];
  const value =
    typeof operator === 'object' && operator !== null && 'value' in operator ? operator.value : '';
  return value === 'in' || value === 'not in';
}
