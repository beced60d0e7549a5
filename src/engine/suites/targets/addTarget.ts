import { isMap, isSeq, type ParsedNode } from 'yaml';
import { contentEnd, findPair, lineEnd } from '../../datasets/migrations/editYaml.ts';
import { type Replacement, replaceAll } from '../../datasets/migrations/replacement.ts';
import { FileError } from '../../errors.ts';
import { composeYaml, parseYaml } from '../../files/formats/parseYaml.ts';
import { LineIndex } from '../../files/text/lineIndex.ts';
import { canonicalJson, isJsonObject, type JsonValue } from '../../model/json.ts';

/**
 * Adds a target that asks a prompt (path relative to the workspace) to a suite of a configuration, behind its other
 * targets. Comments, order and layout of what is there stay. Throws FileError where that cannot be done without
 * changing something else. Writes nothing.
 */
export function addTarget(source: { path: string; text: string }, suite: string, prompt: string): string {
  const { path, text } = source;
  const index = new LineIndex(path, text);
  const root = composeYaml(text, index).contents;
  const list = entryOf(entryOf(entryOf(root, 'suites'), suite), 'targets');
  const insertion = isSeq(list) ? inserted(text, index, list as ParsedNode, prompt) : undefined;
  const after = insertion && replaceAll(text, [insertion]);
  if (after !== undefined && holds(source, after, suite, prompt)) return after;
  throw new FileError(`the prompt cannot be added to the suite '${suite}' without changing something else`, {
    where: { path },
    remedy: `Write it under its targets by hand: - { prompt: ${prompt} }`,
  });
}

function entryOf(node: ParsedNode | null | undefined, key: string): ParsedNode | null | undefined {
  return isMap(node) ? findPair(node as ParsedNode, key)?.value : undefined;
}

function inserted(text: string, index: LineIndex, list: ParsedNode, prompt: string): Replacement | undefined {
  if (!isSeq(list)) return undefined;
  const last = list.items.at(-1) as ParsedNode | undefined;
  if (!last) return undefined;
  const entry = `{ prompt: ${quoted(prompt)} }`;
  if (list.flow) return { start: last.range[1], end: last.range[1], text: `, ${entry}` };

  const indent = ' '.repeat(index.location(list.range?.[0] ?? 0).column - 1);
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  const at = lineEnd(text, contentEnd(last));
  const gap = text[at - 1] === '\n' ? '' : lineBreak;
  return { start: at, end: at, text: `${gap}${indent}- ${entry}${lineBreak}` };
}

/** Whether the new text is the old one with the target, and nothing else. */
function holds(
  source: { path: string; text: string },
  after: string,
  suite: string,
  prompt: string,
): boolean {
  const wanted = structuredClone(parseYaml(source.text, source.path).value);
  const suites = isJsonObject(wanted) ? wanted['suites'] : undefined;
  const own = isJsonObject(suites) ? suites[suite] : undefined;
  const targets = isJsonObject(own) ? own['targets'] : undefined;
  if (!Array.isArray(targets)) return false;
  targets.push({ prompt });
  return canonicalJson(readAgain(source.path, after)) === canonicalJson(wanted);
}

function readAgain(path: string, text: string): JsonValue {
  try {
    return parseYaml(text, path).value;
  } catch (error) {
    if (error instanceof FileError) return null;
    throw error;
  }
}

/** As it stands where YAML reads it as the same text, otherwise in double quotes. */
function quoted(text: string): string {
  return /^[A-Za-z_][A-Za-z0-9_./-]*$/.test(text) ? text : JSON.stringify(text);
}
