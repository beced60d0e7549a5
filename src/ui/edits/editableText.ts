import type { TextEdit } from '../../protocol/datasetCalls.ts';

/** A text that a person may be typing in while an edit of it is worked out. */
export interface EditableText {
  /** Grows with every change. */
  readonly version: number;
  readonly isDirty: boolean;
  getText(): string;
  /** Edits of the text at `version`. False, and nothing is changed, when it has another version by now. */
  apply(edits: readonly TextEdit[], version: number): PromiseLike<boolean>;
  save(): PromiseLike<boolean>;
}

/** Works out the edits of a text, with whatever else is to be known of them; asked anew for each version. */
export type AskEdits<T extends Edited = Edited> = (text: string) => Promise<T>;

export interface Edited {
  edits: readonly TextEdit[];
}

/** How often edits are asked for before a text that keeps changing is left alone. */
const TRIES = 5;

/** The text changed faster than its edit could be worked out. */
export class RestlessText extends Error {
  constructor() {
    super('the text changed each time while its edit was worked out');
    this.name = 'RestlessText';
  }
}

/** The edits for the text as it is when this resolves. Throws RestlessText. */
export async function currentEdits<T extends Edited>(
  document: EditableText,
  ask: AskEdits<T>,
): Promise<{ version: number; asked: T }> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const { version } = document;
    const asked = await ask(document.getText());
    if (document.version === version) return { version, asked };
  }
  throw new RestlessText();
}

/**
 * Makes an edit of the text as it then is, whatever is typed meanwhile, and saves it unless the person had not saved
 * it. False when there was nothing to change. Throws RestlessText.
 */
export async function makeEdit(document: EditableText, ask: AskEdits): Promise<boolean> {
  const wasDirty = document.isDirty;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const { version, asked } = await currentEdits(document, ask);
    if (asked.edits.length === 0) return false;
    const isTyped = wasDirty || document.isDirty;
    if (!(await document.apply(asked.edits, version))) continue;
    if (!isTyped) await document.save();
    return true;
  }
  throw new RestlessText();
}
