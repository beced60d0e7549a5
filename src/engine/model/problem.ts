import type { SourceLocation } from './location.ts';

/** Something wrong in a file that a person wrote. Shown by `validate`, and as a diagnostic in the editor. */
export interface Problem {
  severity: 'error' | 'warning';
  /** Stable kebab-case code, e.g. `duplicate-case-id`. */
  code: string;
  message: string;
  location: SourceLocation & { endLine?: number; endColumn?: number };
  /** What to do about it. */
  remedy?: string;
  /** The text that was probably meant in place of the one at `location`. */
  meant?: string;
  /** Other places that matter, e.g. the first use of a duplicated id. */
  related?: { message: string; location: SourceLocation }[];
}
