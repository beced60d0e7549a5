import type { TextEdit } from '../../../src/protocol/datasetCalls.ts';
import type { EditableText } from '../../../src/ui/edits/editableText.ts';

/** A document as an editor has it: everything that is typed makes a new version. */
export class TypedText implements EditableText {
  version = 1;
  isDirty = false;
  saves = 0;
  #text: string;
  /** The next of these are refused, as by an editor whose text is newer than it has told. */
  refusals = 0;

  constructor(text: string) {
    this.#text = text;
  }

  getText(): string {
    return this.#text;
  }

  /** A line at the end, which no edit of another line touches. */
  type(line: string): void {
    this.#text += `${line}\n`;
    this.version += 1;
    this.isDirty = true;
  }

  async apply(edits: readonly TextEdit[], version: number): Promise<boolean> {
    if (this.version !== version) return false;
    if (this.refusals > 0) {
      this.refusals -= 1;
      return false;
    }
    this.#text = applied(this.#text, edits);
    this.version += 1;
    this.isDirty = true;
    return true;
  }

  async save(): Promise<boolean> {
    this.saves += 1;
    this.isDirty = false;
    return true;
  }
}

/** The text after edits that do not overlap and stand in order. */
export function applied(text: string, edits: readonly TextEdit[]): string {
  const starts = [0];
  for (let at = 0; at < text.length; at++) if (text[at] === '\n') starts.push(at + 1);
  const offset = (line: number, column: number) =>
    Math.min(text.length, (starts[line - 1] ?? text.length) + column - 1);
  return edits.reduceRight(
    (result, { line, column, endLine, endColumn, text: added }) =>
      result.slice(0, offset(line, column)) + added + result.slice(offset(endLine, endColumn)),
    text,
  );
}
