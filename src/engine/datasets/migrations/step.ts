import type { Pointer } from '../../files/formats/document.ts';
import type { JsonObject } from '../../model/json.ts';
import type { FormatVersion } from '../formatVersion.ts';
import type { Edit } from './mapEdit.ts';

/** One step from a format version to the next. Pure: it only returns the edits. */
export interface MigrationStep {
  readonly from: FormatVersion;
  readonly to: FormatVersion;
  /** Edits of the header, with paths from the root of the dataset. */
  header(header: JsonObject): Edit[];
  /** The reason why this case cannot be migrated, if any. */
  conflict(testCase: JsonObject): Conflict | undefined;
  /** Edits of one case, with paths from the case. */
  case(testCase: JsonObject): Edit[];
}

/** Two fields of a case that would become one. */
interface Conflict {
  path: Pointer;
  message: string;
  remedy: string;
}
