import type { TemplateUse } from '../template/templateUse.ts';
import {
  type HandlebarsTemplate,
  isBlock,
  isMustache,
  isPath,
  isSubExpression,
} from './handlebarsTemplate.ts';

/** Helpers of Handlebars and Dotprompt, which are not variables. */
const HELPERS = new Set([
  'each',
  'with',
  'if',
  'unless',
  'lookup',
  'json',
  'role',
  'history',
  'media',
  'section',
  'ifEquals',
  'unlessEquals',
]);

type Call = hbs.AST.MustacheStatement | hbs.AST.BlockStatement | hbs.AST.SubExpression;

interface Scope {
  /** From the outside in; only paths that reach the root read a variable. */
  contexts: readonly ('root' | 'item')[];
  blockParams: ReadonlySet<string>;
  tested: ReadonlySet<string>;
}

/** Which variables a Handlebars template reads; members of loop items are not among them. */
export function findHandlebarsUses(template: HandlebarsTemplate): TemplateUse[] {
  const uses: TemplateUse[] = [];

  const visitPath = (path: hbs.AST.PathExpression, scope: Scope, guarded: boolean) => {
    const name = rootName(path, scope);
    if (name === undefined) return;
    uses.push({
      name,
      offset: template.offsetOf(path.loc.start),
      guarded: guarded || scope.tested.has(name),
    });
  };

  const visitValue = (node: hbs.AST.Node, scope: Scope, guarded: boolean) => {
    if (isPath(node)) visitPath(node, scope, guarded);
    else if (isSubExpression(node)) visitCall(node, scope, guarded);
  };

  const visitCall = (call: Call, scope: Scope, guarded: boolean) => {
    const name = isPath(call.path) ? call.path.original : '';
    const isCall = call.params.length > 0 || call.hash !== undefined || HELPERS.has(name);
    if (!isCall && isPath(call.path)) visitPath(call.path, scope, guarded);
    const tests = guarded || name === 'if' || name === 'unless';
    for (const value of call.params) visitValue(value, scope, tests);
    for (const pair of call.hash?.pairs ?? []) visitValue(pair.value, scope, guarded);
  };

  const visitBlock = (block: hbs.AST.BlockStatement, scope: Scope) => {
    visitCall(block, scope, false);
    const name = block.path.original;
    const changesContext = name === 'each' || name === 'with' || !HELPERS.has(name);
    const params = block.program?.blockParams ?? [];
    visitProgram(block.program, {
      contexts: changesContext ? [...scope.contexts, 'item'] : scope.contexts,
      blockParams: new Set([...scope.blockParams, ...params]),
      tested: name === 'if' ? new Set([...scope.tested, ...testedNames(block, scope)]) : scope.tested,
    });
    visitProgram(block.inverse, scope);
  };

  const visitProgram = (program: hbs.AST.Program | undefined, scope: Scope) => {
    for (const statement of program?.body ?? []) {
      if (isMustache(statement)) visitCall(statement, scope, false);
      else if (isBlock(statement)) visitBlock(statement, scope);
    }
  };

  visitProgram(template.program, { contexts: ['root'], blockParams: new Set(), tested: new Set() });
  return uses;
}

function testedNames(block: hbs.AST.BlockStatement, scope: Scope): string[] {
  return block.params.flatMap((param) => (isPath(param) ? (rootName(param, scope) ?? []) : []));
}

/** The first part of a path, if the path starts at the root. */
function rootName(path: hbs.AST.PathExpression, scope: Scope): string | undefined {
  const [first, second] = path.parts;
  if (path.data) return first === 'root' ? second : undefined;
  if (first === undefined || (path.depth === 0 && scope.blockParams.has(first))) return undefined;
  return scope.contexts[scope.contexts.length - 1 - path.depth] === 'root' ? first : undefined;
}
