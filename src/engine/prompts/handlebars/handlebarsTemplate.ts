import Handlebars from 'handlebars';
import { TemplateFault } from '../template/templateUse.ts';

export interface HandlebarsTemplate {
  program: hbs.AST.Program;
  /** UTF-16 offset of a Handlebars position: line from 1, column from 0. */
  offsetOf(position: { line: number; column: number }): number;
}

/** Parses a template; CRLF in its own text becomes LF. Throws TemplateFault where it is malformed. */
export function parseHandlebars(template: string): HandlebarsTemplate {
  const starts = lineStarts(template);
  const offsetOf = ({ line, column }: { line: number; column: number }) => (starts[line - 1] ?? 0) + column;
  refuseDeepNesting(template);

  try {
    const program = Handlebars.parse(template);
    normalizeText(program);
    return { program, offsetOf };
  } catch (error) {
    if (error instanceof RangeError) throw new TemplateFault('the template is nested too deeply', 0);
    if (!(error instanceof Error)) throw error;
    throw new TemplateFault(faultText(error), faultOffset(error, template, starts));
  }
}

/** Blocks, `else if` and parentheses within each other; the parser takes time out of proportion for thousands. */
const MAX_NESTING = 200;

/** What opens or closes something: a tag with its sign, the end of a tag, a parenthesis. */
const NESTING = /\{\{+~?\s*(#|\/|\^(?=\s*\w)|else\s+\w)?|\}\}|[()]/g;

function refuseDeepNesting(template: string): void {
  // For each open block, how many levels the parser makes of it: `else if` is a block within the one before.
  const blocks: number[] = [];
  let levels = 0;
  let parentheses: number | undefined;

  for (const { 0: piece, 1: sign, index } of template.matchAll(NESTING)) {
    if (piece === '(' && parentheses !== undefined) parentheses += 1;
    else if (piece === ')' && parentheses !== undefined) parentheses -= 1;
    else if (piece === '}}') parentheses = undefined;
    else if (piece.startsWith('{{')) {
      parentheses = 0;
      if (sign === '/') levels -= blocks.pop() ?? 0;
      else if (sign?.startsWith('else')) {
        blocks.push((blocks.pop() ?? 0) + 1);
        levels += 1;
      } else if (sign !== undefined) {
        blocks.push(1);
        levels += 1;
      }
    }
    if (levels + (parentheses ?? 0) > MAX_NESTING)
      throw new TemplateFault('the template is nested too deeply', index);
  }
}

/** Handlebars counts CR, LF and CRLF as the end of a line. */
function lineStarts(text: string): number[] {
  return [0, ...[...text.matchAll(/\r\n?|\n/g)].map((match) => match.index + match[0].length)];
}

function normalizeText(program: hbs.AST.Program): void {
  for (const statement of program.body) {
    if (isContent(statement)) statement.value = statement.value.replaceAll('\r\n', '\n');
    if (isBlock(statement)) {
      if (statement.program) normalizeText(statement.program);
      if (statement.inverse) normalizeText(statement.inverse);
    }
  }
}

/**
 * By the exception's own numbers. The grammar's error knows only its line, so there the last tag is meant, or
 * the last block left open when the text ends too early.
 */
function faultOffset(error: Error, template: string, starts: number[]): number {
  const line = 'lineNumber' in error && typeof error.lineNumber === 'number' ? error.lineNumber : undefined;
  const column = 'column' in error && typeof error.column === 'number' ? error.column : 0;
  if (line !== undefined) return (starts[line - 1] ?? 0) + column;
  const open = isOpenEnd(error) ? lastOpenBlock(template) : undefined;
  if (open !== undefined) return open;
  const next = starts[Number(/on line (\d+)/.exec(error.message)?.[1] ?? 1)] ?? template.length;
  return Math.max(0, template.lastIndexOf('{{', next - 1));
}

function isOpenEnd(error: Error): boolean {
  return error.message.includes("got 'EOF'");
}

function lastOpenBlock(template: string): number | undefined {
  const open: number[] = [];
  for (const match of template.matchAll(/\{\{~?([#/])/g)) {
    if (match[1] === '#') open.push(match.index);
    else open.pop();
  }
  return open.at(-1);
}

function faultText(error: Error): string {
  if (isOpenEnd(error)) return 'unclosed template block';
  if (error.message.startsWith('Parse error')) return 'invalid template tag';
  return `invalid template: ${error.message.replace(/ - \d+:\d+$/, '')}`;
}

function isContent(node: hbs.AST.Node): node is hbs.AST.ContentStatement {
  return node.type === 'ContentStatement';
}

export function isBlock(node: hbs.AST.Node): node is hbs.AST.BlockStatement {
  return node.type === 'BlockStatement';
}

export function isMustache(node: hbs.AST.Node): node is hbs.AST.MustacheStatement {
  return node.type === 'MustacheStatement';
}

export function isPath(node: hbs.AST.Node): node is hbs.AST.PathExpression {
  return node.type === 'PathExpression';
}

export function isSubExpression(node: hbs.AST.Node): node is hbs.AST.SubExpression {
  return node.type === 'SubExpression';
}
