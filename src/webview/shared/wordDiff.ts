import { diffWordsWithSpace } from 'diff';

export interface DiffPart {
  kind: 'same' | 'added' | 'removed';
  text: string;
}

/** UTF-16 units of both texts together; beyond it a comparison by words tells a person nothing. */
const MAX_LENGTH = 100_000;
/** Words that may differ; the work grows with this number times the length. */
const MAX_EDITS = 2_000;

/** What changed from the reference to the output, word by word; null when they are too long or too different. */
export function wordDiff(reference: string, output: string): DiffPart[] | null {
  if (reference.length + output.length > MAX_LENGTH) return null;
  const changes = diffWordsWithSpace(reference, output, { maxEditLength: MAX_EDITS });
  if (!changes) return null;
  return changes.map(({ added, removed, value }) => ({
    kind: added ? 'added' : removed ? 'removed' : 'same',
    text: value,
  }));
}
