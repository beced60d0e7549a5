import type { SourceRange } from '../../model/location.ts';

/** The location of a case. */
export interface CasePlace {
  /** Empty where the case has none yet. */
  id: string;
  /** The whole case. */
  range: SourceRange;
  /** Its id; its beginning where it has none. */
  idRange: SourceRange;
  tags: readonly string[];
}
