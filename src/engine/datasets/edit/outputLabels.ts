import { hash } from 'node:crypto';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import { writeCaseNote } from './caseNote.ts';

/** A person's verdict on one output of a case. */
export interface OutputLabel {
  pass: boolean;
  /** The reason; empty if none was given. */
  note: string;
}

/** Where a case keeps its labels: the name of an output → `pass` or `fail`, and after a comma why. */
const KEY = 'labels';
/** The value of a label that was withdrawn. */
const WITHDRAWN = 'withdrawn';
const WRITTEN = /^(pass|fail)(?:,\s*([\s\S]*))?$/;

/** Names an output by its text, so that a label speaks of the very same output in any run. */
export function outputName(text: string): string {
  return `out-${hash('sha256', text, 'hex').slice(0, 16)}`;
}

/** A person's labels for the outputs of a case, by the name of the output. Malformed ones are ignored. */
export function labelsOf(entry: { metadata?: JsonObject } | undefined): Map<string, OutputLabel> {
  const labels = new Map<string, OutputLabel>();
  const written = entry?.metadata?.[KEY];
  if (!isJsonObject(written)) return labels;
  for (const [output, value] of Object.entries(written)) {
    const match = typeof value === 'string' ? WRITTEN.exec(value.trim()) : null;
    if (match) labels.set(output, { pass: match[1] === 'pass', note: match[2] ?? '' });
  }
  return labels;
}

/**
 * Writes a person's label for an output into its case; null withdraws an earlier one. The input and expectations of
 * the case are preserved. Throws as `editCase`; writes nothing.
 */
export function labelOutput(
  source: { path: string; text: string },
  caseId: string,
  output: string,
  label: OutputLabel | null,
): Promise<{ text: string }> {
  const note = label?.note.trim() ?? '';
  const word = label ? (label.pass ? 'pass' : 'fail') : WITHDRAWN;
  return writeCaseNote(source, caseId, [KEY, outputName(output)], note === '' ? word : `${word}, ${note}`);
}
