import type { Pointer } from '../../files/formats/document.ts';
import type { CaseMessage, ExpectedOutput } from '../../model/case.ts';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import type { ImportTally } from './importTally.ts';
import type { SourceRecord } from './records/sourceRecord.ts';
import type { FileKind } from './source/importSource.ts';

/** Whether a record speaks for a format, is merely possible in it, or cannot belong to it. */
export type Likeness = 'yes' | 'maybe' | 'no';

/** The data format of another tool, and how one of its records becomes cases. */
export interface ImportFormat {
  /** The name for `--from`; also the metadata key for leftover fields. */
  readonly name: string;
  /** Other names for the same format. */
  readonly aliases?: readonly string[];
  readonly title: string;
  /** The fields by which a person can recognise the format. */
  readonly fields: string;
  readonly kinds: readonly FileKind[];
  /** The pointer to the records in a YAML or JSON file: a list, or one record. Default: a list at the top level. */
  readonly records?: (document: JsonValue) => Pointer | undefined;
  looksLike(record: JsonObject): Likeness;
  /**
   * The cases of a record; none when the tool itself would skip it. Fields that it does not take are kept in
   * the metadata. Throws FileError for a record that cannot be used.
   */
  convert(record: SourceRecord, context: ImportContext): CaseDraft[];
}

export interface ImportContext {
  /** The whole YAML or JSON file; null for JSONL and CSV. */
  document: JsonValue;
  tally: ImportTally;
}

/** A case before it has its id and the metadata of what was left over. */
export interface CaseDraft {
  id?: string;
  description?: string;
  input?: string | JsonObject;
  messages?: CaseMessage[];
  expected_output?: ExpectedOutput;
  assert?: JsonObject[];
  threshold?: number;
  cluster?: string;
  tags?: string[];
  /** The record's own metadata. */
  metadata?: JsonObject;
  /** Kept in the metadata under the name of the format, along with the fields that were not consumed. */
  kept?: JsonObject;
  /** Fields that an export of ours carried along; they go into the case as they are. */
  own?: JsonObject;
}
