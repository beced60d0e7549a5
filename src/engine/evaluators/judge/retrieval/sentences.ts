/** Longest list that is read out of an answer: what is longer is a flood. */
export const MAX_SENTENCES = 1000;

/** The lines that are not blank, as promptfoo's `splitIntoSentences`. */
export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

/**
 * One sentence a line where there are several lines, else the sentences of the text, without the numbers of a list;
 * as promptfoo's `splitTextIntoSentences`.
 */
export function sentencesOf(text: string): string[] {
  const lines = linesOf(text);
  const parts = lines.length > 1 ? lines : text.split(/(?<=[.!?])\s+/);
  return parts.map((part) => part.trim()).filter((part) => part !== '' && !/^\d+[.)]$/.test(part));
}
