import { Document, isMap, type ParsedNode, type YAMLMap } from 'yaml';
import { contentEnd, findPair, lineEnd } from '../../datasets/migrations/editYaml.ts';
import { type Replacement, replaceAll } from '../../datasets/migrations/replacement.ts';
import { FileError } from '../../errors.ts';
import { composeYaml, parseYaml } from '../../files/formats/parseYaml.ts';
import { LineIndex } from '../../files/text/lineIndex.ts';
import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';

/** A monitor to write, with evaluators as a suite of the same file has them. */
export interface NewMonitor {
  name: string;
  match: JsonObject;
  /** Of the traces, 0 to 1. */
  share: number;
  suite: string;
  /** Places in the suite's list, from 0. */
  evaluators: readonly number[];
}

/**
 * Adds a monitor to a configuration, behind its others. Comments, order and layout of what is there stay. Throws FileError where that
 * cannot be done without changing something else. Writes nothing.
 */
export function addMonitor(source: { path: string; text: string }, monitor: NewMonitor): string {
  const { path, text } = source;
  const before = parseYaml(text, path).value;
  const entry = isJsonObject(before) ? entryOf(before, monitor) : undefined;
  const insertion = entry && insertionOf(source, monitor.name, entry);
  const after = insertion && replaceAll(text, [insertion]);
  if (after !== undefined && holds(before, readAgain(path, after), monitor.name, entry)) return after;
  throw new FileError(`the monitor '${monitor.name}' cannot be added without changing something else`, {
    where: { path },
    remedy: 'Write it under monitors by hand, see docs/live-quality.md.',
  });
}

/** As the file will have it; undefined where it has no such evaluators. */
function entryOf(file: JsonObject, { match, share, suite, evaluators }: NewMonitor): JsonObject | undefined {
  const suites = file['suites'];
  const own = isJsonObject(suites) ? suites[suite] : undefined;
  const list = isJsonObject(own) ? own['evaluators'] : undefined;
  if (!isJsonObject(own) || !Array.isArray(list)) return undefined;

  const chosen = evaluators.flatMap((at) => withoutBulkhead(list[at] ?? null));
  const { judge, embeddings } = own;
  return {
    match,
    ...(share < 1 ? { share } : {}),
    ...(judge === undefined ? {} : { judge }),
    ...(embeddings === undefined ? {} : { embeddings }),
    evaluators: chosen,
  };
}

/** The judges of a monitor have one of their own. */
function withoutBulkhead(written: JsonValue): JsonValue[] {
  if (written === null) return [];
  if (!isJsonObject(written)) return [written];
  const options = Object.entries(written).map(([key, value]): [string, JsonValue] => {
    if (!isJsonObject(value)) return [key, value];
    const { bulkhead: _, ...others } = value;
    return [key, others];
  });
  const { bulkhead: _, ...others } = Object.fromEntries(options);
  return [others];
}

function insertionOf(
  { path, text }: { path: string; text: string },
  name: string,
  entry: JsonObject,
): Replacement | undefined {
  const index = new LineIndex(path, text);
  const root = composeYaml(text, index).contents;
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  if (!isMap(root) || root.flow) return undefined;

  const monitors = findPair(root as ParsedNode, 'monitors');
  if (!monitors) {
    const block = blockOf({ monitors: { [name]: entry } }, ['monitors', name, 'match']);
    return inserted(text, contentEnd(root as ParsedNode), { block, indent: 0, lineBreak, gap: true });
  }
  const map = monitors.value;
  const first = isMap(map) && !map.flow ? (map as YAMLMap.Parsed).items[0] : undefined;
  if (!map || !first) return undefined;
  const indent = index.location(first.key.range?.[0] ?? 0).column - 1;
  const block = blockOf({ [name]: entry }, [name, 'match']);
  return inserted(text, contentEnd(map), { block, indent, lineBreak, gap: false });
}

/** In lines, what it matches in one. */
function blockOf(value: JsonObject, match: readonly string[]): string {
  const document = new Document(value);
  const node = document.getIn(match);
  if (isMap(node)) node.flow = true;
  return document.toString({ lineWidth: 0 }).trimEnd();
}

function inserted(
  text: string,
  behind: number,
  { block, indent, lineBreak, gap }: { block: string; indent: number; lineBreak: string; gap: boolean },
): Replacement {
  const at = lineEnd(text, behind);
  const lines = block.split('\n').map((line) => (line === '' ? '' : ' '.repeat(indent) + line));
  const before = text[at - 1] === '\n' ? '' : lineBreak;
  return {
    start: at,
    end: at,
    text: before + (gap ? lineBreak : '') + lines.join(lineBreak) + lineBreak,
  };
}

/** Whether the new text is the old one with the monitor, and nothing else. */
function holds(before: JsonValue, after: JsonValue, name: string, entry: JsonObject | undefined): boolean {
  if (!isJsonObject(before) || entry === undefined) return false;
  const monitors = isJsonObject(before['monitors']) ? before['monitors'] : {};
  if (Object.hasOwn(monitors, name)) return false;
  const wanted = { ...before, monitors: { ...monitors, [name]: entry } };
  return canonicalJson(after) === canonicalJson(wanted);
}

function readAgain(path: string, text: string): JsonValue {
  try {
    return parseYaml(text, path).value;
  } catch (error) {
    if (error instanceof FileError) return null;
    throw error;
  }
}
