import {
  createScanner,
  findNodeAtLocation,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import { FileError } from '../../errors.ts';
import type { JsonValue } from '../../model/json.ts';
import type { SourceRange } from '../../model/location.ts';
import { MAX_NESTING } from '../limits.ts';
import { LineIndex } from '../text/lineIndex.ts';
import type { Pointer, SourceDocument } from './document.ts';
import { isPlainlyExact, readJsonNode } from './jsonValue.ts';

/**
 * Parses JSON; comments and trailing commas only in a file named `*.jsonc`. Throws FileError with the place
 * for bad syntax, duplicate keys, nesting beyond the limit, keys that reach a prototype, and numbers that
 * cannot be kept exactly. `line`: the file's line in which `text` begins, for one line of a JSONL file.
 * Fast: positions are only worked out when something is wrong or `locate` is called.
 */
export function parseJson(text: string, path: string, options: { line?: number } = {}): SourceDocument {
  const index = new LineIndex(path, text, options.line);
  const relaxed = path.toLowerCase().endsWith('.jsonc');
  let tree: Node | undefined;

  const exact = relaxed ? undefined : parseExact(text);
  const lazyTree = () => {
    // What was parsed already needs no second look at its syntax and nesting.
    tree ??= (exact && parseTree(text)) ?? parseWithPlaces(text, index, relaxed);
    return tree;
  };

  const value = exact ? exact.value : readJsonNode(lazyTree(), index);

  function range(pointer: Pointer, part: 'key' | 'value'): SourceRange {
    const node = nearestNode(lazyTree(), pointer, part);
    return index.range(node.offset, node.offset + node.length);
  }

  return {
    path,
    text,
    value,
    locate: (pointer) => range(pointer, 'value'),
    locateKey: (pointer) => range(pointer, 'key'),
  };
}

/** The value where JSON.parse keeps everything exactly; undefined where the slow parser must look closer. */
function parseExact(text: string): { value: JsonValue } | undefined {
  try {
    const value: JsonValue = JSON.parse(text);
    return isPlainlyExact(text, value) ? { value } : undefined;
  } catch {
    return undefined;
  }
}

function parseWithPlaces(text: string, index: LineIndex, relaxed: boolean): Node {
  refuseDeepNesting(text, index);
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: !relaxed, allowTrailingComma: relaxed });
  const error = errors[0];
  if (error) throw syntaxError(printParseErrorCode(error.error), index, error.offset, relaxed);
  if (!root) throw syntaxError('ValueExpected', index, 0, relaxed);
  if (!relaxed) refuseWhatJsonParseRefuses(text, index);
  return root;
}

/** Counts brackets with the scanner, which does not recurse. */
function refuseDeepNesting(text: string, index: LineIndex): void {
  const scanner = createScanner(text, true);
  let depth = 0;
  while (true) {
    scanner.scan();
    const offset = scanner.getTokenOffset();
    if (scanner.getTokenLength() === 0) return;

    const first = text[offset];
    if (first === '{' || first === '[') depth++;
    else if (first === '}' || first === ']') depth--;
    if (depth <= MAX_NESTING) continue;
    throw new FileError(`nested deeper than ${MAX_NESTING} levels`, {
      where: index.location(offset),
      remedy: 'Flatten the data.',
    });
  }
}

/** jsonc-parser lets a few things pass, such as control characters in a text; JSON does not. */
function refuseWhatJsonParseRefuses(text: string, index: LineIndex): void {
  try {
    JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const position = Number(/at position (\d+)/.exec(message)?.[1] ?? 0);
    throw syntaxError('InvalidSymbol', index, position, false);
  }
}

const SYNTAX_ERRORS: { [code: string]: string } = {
  InvalidSymbol: 'not a JSON value',
  InvalidNumberFormat: 'not a JSON number',
  PropertyNameExpected: 'expected a key in double quotes',
  ValueExpected: 'expected a value',
  ColonExpected: 'expected a colon',
  CommaExpected: 'expected a comma',
  CloseBraceExpected: 'missing closing brace }',
  CloseBracketExpected: 'missing closing bracket ]',
  EndOfFileExpected: 'unexpected text after the value',
  InvalidCommentToken: 'JSON does not allow comments',
  UnexpectedEndOfComment: 'unterminated comment',
  UnexpectedEndOfString: 'unterminated string: the closing quote is missing',
  UnexpectedEndOfNumber: 'incomplete number',
  InvalidUnicode: '\\u must be followed by four hexadecimal digits',
  InvalidEscapeCharacter: 'unknown escape sequence',
  InvalidCharacter: 'control characters must be escaped',
};

function syntaxError(code: string, index: LineIndex, offset: number, relaxed: boolean): FileError {
  const name = relaxed ? 'JSON with comments' : 'JSON';
  const hint =
    code === 'InvalidCommentToken' ? 'Remove the comment, or rename the file to .jsonc.' : undefined;
  return new FileError(`invalid ${name}: ${SYNTAX_ERRORS[code] ?? 'unexpected text'}`, {
    where: index.location(offset),
    remedy: hint ?? 'Check the quotes, commas and brackets near this line.',
  });
}

function nearestNode(root: Node, pointer: Pointer, part: 'key' | 'value'): Node {
  for (let length = pointer.length; length > 0; length--) {
    const node = findNodeAtLocation(root, pointer.slice(0, length));
    if (!node) continue;
    const key = node.parent?.type === 'property' ? node.parent.children?.[0] : undefined;
    return part === 'key' && length === pointer.length && key ? key : node;
  }
  return root;
}
