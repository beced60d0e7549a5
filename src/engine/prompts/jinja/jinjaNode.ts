/**
 * The parser's nodes, limited to what is read here (@huggingface/jinja does not export their types). `value` is a
 * name, a literal or a list, depending on `type`.
 */
export interface JinjaNode {
  type: string;
  [field: string]: unknown;
}

export interface JinjaToken {
  value: string;
  type: string;
}

/** Fields with child nodes, in source order. */
const CHILDREN: { [type: string]: readonly string[] } = {
  Program: ['body'],
  If: ['test', 'body', 'alternate'],
  For: ['loopvar', 'iterable', 'body', 'defaultBlock'],
  Set: ['assignee', 'value', 'body'],
  Macro: ['name', 'args', 'body'],
  CallStatement: ['callerArgs', 'call', 'body'],
  FilterStatement: ['filter', 'body'],
  Ternary: ['trueExpr', 'condition', 'falseExpr'],
  SelectExpression: ['lhs', 'test'],
  TestExpression: ['operand', 'test'],
  FilterExpression: ['operand', 'filter'],
  MemberExpression: ['object', 'property'],
  CallExpression: ['callee', 'args'],
  BinaryExpression: ['left', 'right'],
  UnaryExpression: ['argument'],
  SliceExpression: ['start', 'stop', 'step'],
  KeywordArgumentExpression: ['key', 'value'],
  SpreadExpression: ['argument'],
  KeywordSpreadExpression: ['argument'],
  ArrayLiteral: ['value'],
  TupleLiteral: ['value'],
  ObjectLiteral: ['value'],
};

/** The child nodes of a node in source order. */
export function childNodes(node: JinjaNode): JinjaNode[] {
  return (Object.hasOwn(CHILDREN, node.type) ? (CHILDREN[node.type] ?? []) : []).flatMap((field) =>
    nodesIn(node[field]),
  );
}

/** The nodes in a field: one, a list, the keys and values of a map, or none. */
export function nodesIn(value: unknown): JinjaNode[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  if (value instanceof Map) return [...value].flatMap(([key, item]) => [...nodesIn(key), ...nodesIn(item)]);
  return isNode(value) ? [value] : [];
}

/** The name of an Identifier node, undefined for any other. */
export function identifierName(node: JinjaNode | undefined): string | undefined {
  return node?.type === 'Identifier' && typeof node['value'] === 'string' ? node['value'] : undefined;
}

function isNode(value: unknown): value is JinjaNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
