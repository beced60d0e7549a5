import { UsageError } from '../../../errors.ts';
import type { JsonObject, JsonValue } from '../../../model/json.ts';
import type { CaseDraft, ImportContext, ImportFormat } from '../importFormat.ts';
import { answerPart, inputPart } from '../records/caseParts.ts';
import { toolCallsPart } from '../records/foreignMessage.ts';
import type { SourceRecord } from '../records/sourceRecord.ts';
import { valueAt } from '../source/importSource.ts';

/** One `--map field=place`. */
interface FieldMap {
  /** The field of the record; dots go into maps and lists. */
  field: string;
  /** `input`, `input.NAME`, `expected_output.answer`, … */
  place: string;
}

const PLACES =
  'input, input.NAME, expected_output.answer, expected_output.FIELD, id, description, cluster, tags, metadata.NAME';

/** The format of records whose fields a person names: `question=input`, `answer=expected_output.answer`. */
export function mappedFormat(maps: readonly string[]): ImportFormat {
  const fields = maps.map(readMap);
  if (!fields.some(({ place }) => place === 'input' || place.startsWith('input.'))) {
    throw new UsageError('no --map defines the input', {
      remedy: 'Add one, for example --map question=input.',
    });
  }

  return {
    name: 'record',
    title: 'named fields',
    fields: fields.map(({ field }) => field).join(', '),
    kinds: ['jsonl', 'json', 'csv', 'yaml'],
    records: recordList,
    looksLike: (record) =>
      fields.every(({ field }) => valueAt(record, field.split('.')) !== undefined) ? 'yes' : 'no',
    convert: (record, context) => [convert(record, fields, context)],
  };
}

function readMap(text: string): FieldMap {
  const at = text.indexOf('=');
  const field = text.slice(0, at).trim();
  const place = text.slice(at + 1).trim();
  const known =
    /^(?:input|id|description|cluster|tags|(?:input|expected_output|metadata)\.[^.]+)$/.test(place) &&
    field !== '';
  if (at > 0 && known) return { field, place };
  throw new UsageError(`--map cannot be ${text}`, {
    remedy: `Write a field of the records and its target, for example question=input or answer=expected_output.answer. Targets: ${PLACES}.`,
  });
}

/** A list at the top, or the only list of records in a map, e.g. under `data`. */
function recordList(document: JsonValue) {
  if (Array.isArray(document)) return [];
  if (typeof document !== 'object' || document === null) return undefined;
  const lists = Object.entries(document).filter(
    ([, value]) =>
      Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'object'),
  );
  const [only, ...others] = lists;
  return only && others.length === 0 ? [only[0]] : undefined;
}

function convert(record: SourceRecord, fields: readonly FieldMap[], context: ImportContext): CaseDraft {
  const draft: CaseDraft = {};
  const variables: JsonObject = {};
  for (const { field, place } of fields) {
    const value = takeField(record, field);
    if (value === undefined && place !== 'input') continue;

    const [head = '', name = ''] = place.split('.');
    switch (head) {
      case 'input':
        if (name === '') Object.assign(draft, inputPart(value, record, field));
        else variables[name] = value ?? null;
        break;
      case 'expected_output':
        addExpectation(draft, name, value ?? null, context);
        break;
      case 'metadata':
        draft.metadata = { ...draft.metadata, [name]: value ?? null };
        break;
      case 'tags':
        draft.tags = (Array.isArray(value) ? value : [value ?? '']).map(String).filter((tag) => tag !== '');
        break;
      default:
        Object.assign(draft, { [head]: typeof value === 'object' ? JSON.stringify(value) : String(value) });
    }
  }

  return withVariables(draft, variables, record);
}

/** A whole field is consumed; if only part of a field is used, the field is kept in the metadata. */
function takeField(record: SourceRecord, field: string): JsonValue | undefined {
  if (record.has(field) || !field.includes('.')) return record.take(field);
  const [head = '', ...path] = field.split('.');
  const value = valueAt(record.peek(head) ?? null, path);
  return value === null ? undefined : value;
}

function addExpectation(draft: CaseDraft, name: string, value: JsonValue, { tally }: ImportContext): void {
  if (name === 'answer') {
    const { expected_output, kept } = answerPart(value, 'answer', tally);
    draft.expected_output = { ...draft.expected_output, ...expected_output };
    if (kept) draft.kept = { ...draft.kept, ...kept };
    return;
  }
  const calls = name === 'tool_calls' ? toolCallsPart(value) : undefined;
  const texts = /_concepts$/.test(name) && !Array.isArray(value) ? [String(value)] : undefined;
  draft.expected_output = { ...draft.expected_output, [name]: calls ?? texts ?? value };
}

function withVariables(draft: CaseDraft, variables: JsonObject, record: SourceRecord): CaseDraft {
  if (Object.keys(variables).length === 0) {
    if (draft.input === undefined && draft.messages === undefined)
      throw record.fail('the record has no input');
    return draft;
  }
  if (draft.messages) {
    const { messages, ...rest } = draft;
    return { ...rest, input: { messages: messages as unknown as JsonValue, ...variables } };
  }
  const input = typeof draft.input === 'string' ? { input: draft.input } : draft.input;
  return { ...draft, input: { ...input, ...variables } };
}
