import { Composer, type Document, type ErrorCode, Lexer, type ParsedNode, Parser } from 'yaml';
import { FileError } from '../../errors.ts';
import type { SourceRange } from '../../model/location.ts';
import { MAX_NESTING, MAX_YAML_LENGTH, MAX_YAML_TOKENS } from '../limits.ts';
import { excerpt } from '../text/excerpt.ts';
import { LineIndex } from '../text/lineIndex.ts';
import type { Pointer, SourceDocument } from './document.ts';
import { AliasTargets, findYamlNode, readYamlValue } from './yamlValue.ts';

/**
 * Parses one YAML 1.2 document with the core schema: dates stay strings, `<<` merges. Throws FileError with
 * the place for bad syntax, duplicate keys, alias bombs, nesting or size beyond the limits, unknown tags, keys that
 * reach a prototype, and numbers that cannot be kept exactly. `line`: the file's line in which `text`
 * begins, for front matter.
 */
export function parseYaml(text: string, path: string, options: { line?: number } = {}): SourceDocument {
  const index = new LineIndex(path, text, options.line);
  const root = composeYaml(text, index).contents;
  const aliases = new AliasTargets();
  const value = root ? readYamlValue(root, index, aliases) : null;
  const start = root?.range[0] ?? 0;
  const end = root?.range[1] ?? 0;

  function range(pointer: Pointer, part: 'key' | 'value'): SourceRange {
    if (!root) return index.range(start, end);
    const [from, to] = findYamlNode(root, pointer, part, aliases);
    return index.range(from, to);
  }

  return {
    path,
    text,
    value,
    locate: (pointer) => range(pointer, 'value'),
    locateKey: (pointer) => range(pointer, 'key'),
  };
}

/** The one document of a YAML text, with the ranges of its nodes. Throws FileError for bad syntax and beyond the limits. */
export function composeYaml(text: string, index: LineIndex): Document.Parsed<ParsedNode> {
  if (text.length > MAX_YAML_LENGTH) throw tooLong(index);
  const composer = new Composer<ParsedNode>({
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    // Checked with both places by readYamlValue.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });

  // The composer collects errors, one for each comma of `[,,,,`: the first is enough, and is thrown on at every level
  // that catches it. The types keep the hook private.
  let fault: FileError | undefined;
  Reflect.set(composer, 'onError', (source: ErrorSource, code: ErrorCode, message: string) => {
    fault ??= syntaxError({ code, message, offset: errorOffset(source) }, index, text);
    throw fault;
  });

  const documents = composer.compose(tokens(text, index), true, text.length);
  const first = documents.next();
  if (first.done) throw new FileError('the file contains no YAML document', { where: index.location(0) });

  const problem = first.value.errors[0] ?? first.value.warnings[0];
  if (problem) throw syntaxError({ ...problem, offset: problem.pos[0] }, index, text);

  const second = documents.next();
  if (!second.done) {
    throw new FileError('a second YAML document starts here', {
      where: index.location(second.value.range[0]),
      remedy: 'Keep one document per file: remove the --- line.',
    });
  }

  return first.value;
}

/** Whether a text is within the limits on length and tokens that `parseYaml` keeps to. */
export function isReadableYaml(text: string): boolean {
  if (text.length > MAX_YAML_LENGTH) return false;
  let count = 0;
  for (const _ of new Lexer().lex(text)) if (++count > MAX_YAML_TOKENS) return false;
  return true;
}

function tooLong(index: LineIndex): FileError {
  return new FileError(`the YAML text has more than ${MAX_YAML_LENGTH / 1_000_000} million characters`, {
    where: { path: index.location(0).path },
    remedy: SPLIT,
  });
}

const SPLIT = 'Split the file, or store a large dataset as JSONL, which is read line by line.';

/** The parser's own stack is explicit and cannot overflow; the composer's recursion is kept shallow by this. */
function* tokens(text: string, index: LineIndex) {
  const parser = new Parser();
  let count = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (++count > MAX_YAML_TOKENS) {
      throw new FileError(`the YAML text has more than ${MAX_YAML_TOKENS / 1_000_000} million tokens`, {
        where: index.location(parser.offset),
        remedy: SPLIT,
      });
    }

    yield* parser.next(lexeme);
    if (parser.stack.length > MAX_NESTING) {
      throw new FileError(`nested deeper than ${MAX_NESTING} levels`, {
        where: index.location(parser.offset),
        remedy: 'Flatten the data.',
      });
    }
  }

  yield* parser.end();
}

/** Where the composer reports an error: an offset, a range, or a token. */
type ErrorSource = number | [number, number] | { offset: number };

function errorOffset(source: ErrorSource): number {
  if (typeof source === 'number') return source;
  return Array.isArray(source) ? source[0] : source.offset;
}

function syntaxError(
  problem: { code: ErrorCode; message: string; offset: number },
  index: LineIndex,
  text: string,
): FileError {
  const where = index.location(problem.offset);
  if (problem.code === 'TAG_RESOLVE_FAILED') {
    return new FileError(`the YAML tag is not supported: ${excerpt(problem.message, 200)}`, {
      where,
      remedy: 'Use plain strings, numbers, lists and maps.',
    });
  }

  const conflict = /^<{7}(?: |$)/m.exec(text);
  if (conflict && /^>{7}(?: |$)/m.test(text)) {
    return new FileError('the file contains unresolved merge conflict markers', {
      where: index.location(conflict.index),
      remedy: 'Resolve the conflict and delete the lines <<<<<<<, ======= and >>>>>>>.',
    });
  }

  return new FileError(`invalid YAML: ${excerpt(problem.message, 200)}`, {
    where,
    remedy: 'Check the indentation, quotes and colons near this line.',
  });
}
