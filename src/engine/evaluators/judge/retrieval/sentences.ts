/** Longest list that is read out of an answer. */
const MAX_LINES = 1000;

/** The lines that are not blank, as promptfoo's `splitIntoSentences`; undefined for more than can be meant. */
export function linesOf(text: string): string[] | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.length > MAX_LINES ? undefined : lines;
}

/**
 * One sentence a line where there are several lines, else the sentences of the text, without the numbers of a list;
 * as promptfoo's `splitTextIntoSentences`.
 */
export function sentencesOf(text: string): string[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const parts = lines.length > 1 ? lines : text.split(/(?<=[.!?])\s+/);
  return parts.map((part) => part.trim()).filter((part) => part !== '' && !/^\d+[.)]$/.test(part));
}
