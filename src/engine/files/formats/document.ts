import type { JsonValue } from '../../model/json.ts';
import type { SourceRange } from '../../model/location.ts';

/** A path of keys and indexes into a JSON value. */
export type Pointer = readonly (string | number)[];

/** A parsed YAML or JSON file with the location of each value. */
export interface SourceDocument {
  /** As given by the caller; used in messages. */
  readonly path: string;
  readonly text: string;
  readonly value: JsonValue;
  /** The range of the value at `pointer`, or of its nearest existing ancestor. */
  locate(pointer: Pointer): SourceRange;
  /** The range of the key at `pointer`; the value's own range for an array item or the root. */
  locateKey(pointer: Pointer): SourceRange;
}
