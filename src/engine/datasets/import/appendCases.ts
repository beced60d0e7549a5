import { findNodeAtLocation, type Node, parseTree } from 'jsonc-parser';
import inc from 'semver/functions/inc.js';
import { isSeq, type ParsedNode } from 'yaml';
import { FileError, ProblemsError } from '../../errors.ts';
import { composeYaml } from '../../files/formats/parseYaml.ts';
import { LineIndex } from '../../files/text/lineIndex.ts';
import type { GoldenCase } from '../../model/case.ts';
import { canonicalJson, type JsonValue } from '../../model/json.ts';
import { datasetFormat, validateDataset } from '../dataset.ts';
import { CURRENT_FORMAT, chooseFormat } from '../formatVersion.ts';
import { editJson } from '../migrations/editJson.ts';
import { contentEnd, editYaml, findPair, lastNode, lineEnd } from '../migrations/editYaml.ts';
import { type Replacement, replaceAll } from '../migrations/replacement.ts';
import { readRecords } from '../migrations/upgrade.ts';
import { yamlItem } from './writeDataset.ts';

interface Appended {
  /** The new text; the old one when there was nothing to add. */
  text: string;
  added: number;
  /** Ids that the dataset has already, with the same content. */
  same: string[];
  /** Ids that the dataset has already with other content; those cases stay as they are. */
  different: string[];
  /** The version before and after: adding cases raises its minor part. */
  version: { from: string; to: string } | undefined;
}

/**
 * Appends the cases that a dataset does not have yet. Existing comments, order and layout are preserved. Throws
 * ProblemsError for an invalid dataset, and FileError for an older schema or if the result would not contain exactly
 * the old cases and the new ones. Writes nothing.
 */
export async function appendCases(
  source: { path: string; text: string },
  cases: readonly GoldenCase[],
): Promise<Appended> {
  await refuseInvalid(source);
  const before = readRecords(source.path, source.text);
  refuseOlder(source.path, before.header['schema_version']);
  const there = new Map(before.cases.map((entry) => [entry['id'], entry]));
  const known = cases.filter(({ id }) => there.has(id));
  const isSame = (entry: GoldenCase) => canonicalJson(there.get(entry.id)) === canonicalJson(entry);
  const fresh = cases.filter(({ id }) => !there.has(id));

  const same = known.filter(isSame).map(({ id }) => id);
  const different = known.filter((entry) => !isSame(entry)).map(({ id }) => id);
  if (fresh.length === 0) return { text: source.text, added: 0, same, different, version: undefined };

  const version = nextVersion(before.header['version']);
  const text = edit(source, fresh, version);
  await refuseInvalid({ path: source.path, text });
  const after = readRecords(source.path, text);

  const wanted = {
    header: { ...before.header, ...(version ? { version: version.to } : {}) },
    cases: [...before.cases, ...fresh],
  };
  if (canonicalJson(after) !== canonicalJson(wanted)) throw cannotEdit(source.path);

  return { text, added: fresh.length, same, different, version };
}

async function refuseInvalid(source: { path: string; text: string }): Promise<void> {
  const problems = await validateDataset(source);
  if (problems.some((problem) => problem.severity === 'error')) throw new ProblemsError(problems);
}

function refuseOlder(path: string, schemaVersion: JsonValue | undefined): void {
  const choice = chooseFormat(schemaVersion ?? CURRENT_FORMAT);
  if (choice.status === 'known' && choice.format === CURRENT_FORMAT) return;
  throw new FileError(`the dataset uses the older schema ${String(schemaVersion)}`, {
    where: { path },
    remedy: `Upgrade it to ${CURRENT_FORMAT} first: touchstone upgrade ${path}`,
  });
}

function nextVersion(version: JsonValue | undefined): Appended['version'] {
  if (typeof version !== 'string') return undefined;
  const to = inc(version, 'minor');
  return to === null ? undefined : { from: version, to };
}

function cannotEdit(path: string): FileError {
  return new FileError('cases cannot be added to this file without changing other parts of it', {
    where: { path },
    remedy: 'Write test_cases as a plain list. The file was not changed.',
  });
}

function edit(
  { path, text }: { path: string; text: string },
  fresh: readonly GoldenCase[],
  version: Appended['version'],
): string {
  const edits = version
    ? [{ op: 'set' as const, path: [], key: 'version', value: version.to, before: version.from }]
    : [];

  switch (datasetFormat(path)) {
    case 'jsonl':
      return appendLines(text, fresh, (header) => replaceAll(header, editJson(header, [{ at: [], edits }])));
    case 'json':
      return replaceAll(text, [...editJson(text, [{ at: [], edits }]), ...jsonInsertion(text, fresh)]);
    case 'yaml':
      return replaceAll(text, [
        ...editYaml(text, path, [{ at: [], edits }]),
        ...yamlInsertion(text, path, fresh),
      ]);
  }
}

function appendLines(
  text: string,
  fresh: readonly GoldenCase[],
  editHeader: (line: string) => string,
): string {
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  const start = text.search(/\S/);
  const end = text.indexOf('\n', start) < 0 ? text.length : text.indexOf('\n', start);
  const edited = text.slice(0, start) + editHeader(text.slice(start, end)) + text.slice(end);
  const gap = edited.endsWith('\n') ? '' : lineBreak;
  return edited + gap + fresh.map((entry) => JSON.stringify(entry) + lineBreak).join('');
}

/** Behind the last case, indented as that one is. */
function jsonInsertion(text: string, fresh: readonly GoldenCase[]): Replacement[] {
  const root = parseTree(text, [], { allowTrailingComma: true });
  const list = root && findNodeAtLocation(root, ['test_cases']);
  const last = list?.children?.at(-1);
  if (!list || !last) return [];

  const at = last.offset + last.length;
  const gap = separator(text, list);
  const indent = /[ \t]*$/.exec(gap)?.[0] ?? '';
  const lineBreak = /\r?\n/.exec(gap)?.[0];

  const content = fresh.map((entry) => {
    if (lineBreak === undefined) return `,${gap === '' ? ' ' : gap}${JSON.stringify(entry)}`;
    const step = indent.includes('\t') ? '\t' : '  ';
    return `,${lineBreak}${indent}${JSON.stringify(entry, null, step).replaceAll('\n', lineBreak + indent)}`;
  });

  return [{ start: at, end: at, text: content.join('') }];
}

/** The white space in front of the last case. */
function separator(text: string, list: Node): string {
  const before = text.slice(list.offset + 1, list.children?.at(-1)?.offset);
  return before.slice(before.trimEnd().length);
}

/** Whether a case ends with a block scalar such as `|+`, which owns the blank lines after it. */
function keepsBlankLines(text: string, outer: ParsedNode): boolean {
  return /^[|>]\d*\+/.test(text.slice(lastNode(outer).range[0]));
}

function yamlInsertion(text: string, path: string, fresh: readonly GoldenCase[]): Replacement[] {
  const index = new LineIndex(path, text);
  const root = composeYaml(text, index).contents;
  const list = findPair(root, 'test_cases')?.value;
  const last = isSeq(list) ? (list.items.at(-1) as ParsedNode | undefined) : undefined;
  if (!isSeq(list) || !last) return [];

  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  if (list.flow) {
    const at = last.range[1];
    return [{ start: at, end: at, text: fresh.map((entry) => `, ${JSON.stringify(entry)}`).join('') }];
  }

  const indent = ' '.repeat(index.location(list.range?.[0] ?? 0).column - 1);
  const isSpaced = /\n[ \t]*\r?\n[ \t]*(#.*\r?\n[ \t]*)*-[ \t]*$/.test(text.slice(0, last.range[0]));
  const end = lineEnd(text, contentEnd(last));
  const gap = text[end - 1] === '\n' ? '' : lineBreak;

  // A blank line after such a block would become part of its text.
  const isKept = keepsBlankLines(text, last);
  const items = fresh.map(
    (entry, at) => (isSpaced && !(at === 0 && isKept) ? lineBreak : '') + yamlItem(entry, indent, lineBreak),
  );

  return [{ start: end, end, text: gap + items.join('') }];
}
