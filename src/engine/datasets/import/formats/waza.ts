import { excerpt } from '../../../files/text/excerpt.ts';
import { defined, nonEmpty } from '../../../model/defined.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import type { ImportContext, ImportFormat } from '../importFormat.ts';
import { inputPart } from '../records/caseParts.ts';
import type { SourceRecord } from '../records/sourceRecord.ts';
import { readGoPattern } from './goPattern.ts';

/** Lists in the configuration of a text grader; every entry must hold. `contains` ignores case there. */
const TEXT_CHECKS: { [key: string]: string } = {
  contains: 'icontains',
  not_contains: 'not-icontains',
  contains_cs: 'contains',
  not_contains_cs: 'not-contains',
  regex_match: 'regex',
  regex_not_match: 'not-regex',
};

/** A task of a Waza evaluation, one per file. Graders other than `text` are kept, but not converted. */
export const waza: ImportFormat = {
  name: 'waza',
  title: 'Waza task',
  fields: 'id, name, inputs.prompt, expected, graders',
  kinds: ['yaml'],

  records(document) {
    return isJsonObject(document) && isJsonObject(document['inputs']) ? [] : undefined;
  },

  looksLike(record) {
    const inputs = record['inputs'];
    return isJsonObject(inputs) && typeof inputs['prompt'] === 'string' ? 'yes' : 'no';
  },

  convert(record, context) {
    const id = record.takeText('id');
    const name = record.takeText('name');
    const { prompt, ...more } = record.takeMap('inputs') ?? {};
    const tags = record.takeTexts('tags')?.filter((tag) => tag !== '');
    const { assert, unread } = graders(record.take('graders'), record, context);
    const all = [...expectations(record), ...assert];

    return [
      {
        ...defined({ id, description: name }),
        ...inputPart(prompt, record, 'inputs.prompt'),
        ...defined({ assert: nonEmpty(all), tags: nonEmpty(tags) }),
        kept: {
          ...defined({ inputs: nonEmpty(more), graders: nonEmpty(unread) }),
        },
      },
    ];
  },
};

/** `expected.output_contains` and its negation; everything else that is expected stays in the metadata. */
function expectations(record: SourceRecord): JsonObject[] {
  const expected = record.rest()['expected'];
  if (!isJsonObject(expected)) return [];
  return [
    ...texts(expected['output_contains']).map((value) => ({ type: 'icontains', value })),
    ...texts(expected['output_not_contains']).map((value) => ({ type: 'not-icontains', value })),
  ];
}

function graders(
  value: JsonValue | undefined,
  record: SourceRecord,
  { tally }: ImportContext,
): { assert: JsonObject[]; unread: JsonValue[] } {
  const assert: JsonObject[] = [];
  const unread: JsonValue[] = [];
  for (const grader of Array.isArray(value) ? value : []) {
    const checks = isJsonObject(grader) ? textChecks(grader, record) : undefined;
    if (checks) {
      assert.push(...checks);
      continue;
    }
    unread.push(grader);
    const type = isJsonObject(grader) ? String(grader['type']) : 'without a type';
    tally.note(`the grader ${type} has no counterpart: it is kept in the metadata, but checks nothing`);
  }

  return { assert, unread };
}

/** The assertions of a text grader; undefined when it asks for something that has no counterpart. */
function textChecks(grader: JsonObject, record: SourceRecord): JsonObject[] | undefined {
  const { type, name, config } = grader;
  if (type !== 'text' || !isJsonObject(config)) return undefined;
  if (!Object.keys(config).every((key) => TEXT_CHECKS[key] !== undefined)) return undefined;
  const metric = typeof name === 'string' ? { metric: name } : {};
  return Object.entries(config).flatMap(([key, list]) =>
    texts(list).map((value) => {
      const type = TEXT_CHECKS[key] ?? key;
      return { type, ...(type.endsWith('regex') ? patternValue(value, record) : { value }), ...metric };
    }),
  );
}

/** Waza runs on Go, whose patterns differ in places. */
function patternValue(text: string, record: SourceRecord): JsonObject {
  const read = readGoPattern(text);
  if ('fault' in read) {
    throw record.fail(
      `the pattern ${excerpt(text, 200)} of a text grader cannot be used: ${read.fault}`,
      'Rewrite it in JavaScript syntax, with flags such as (?i) only at the start.',
    );
  }
  return { value: read.pattern, ...(read.flags === '' ? {} : { flags: read.flags }) };
}

function texts(value: JsonValue | undefined): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
