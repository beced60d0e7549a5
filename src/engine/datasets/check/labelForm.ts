import { isJsonObject, type JsonObject } from '../../model/json.ts';

/** Where a case keeps its labels: the name of an output → `pass` or `fail`, and after a comma why. */
export const LABELS = 'labels';
/** The value of a label that was withdrawn. */
export const WITHDRAWN = 'withdrawn';
/** Its groups: the verdict, and why. */
export const WRITTEN_LABEL = /^(pass|fail)(?:,\s*([\s\S]*))?$/;
const NAME = /^out-[0-9a-f]{16}$/;

/** The key of a label that would be ignored: it names no output, or says neither pass nor fail. */
export interface MalformedLabel {
  pointer: [string, string, string];
  fault: 'name' | 'verdict';
}

export function malformedLabels(entry: JsonObject): MalformedLabel[] {
  const { metadata } = entry;
  const written = isJsonObject(metadata) ? metadata[LABELS] : undefined;
  if (!isJsonObject(written)) return [];
  return Object.entries(written).flatMap(([output, value]): MalformedLabel[] => {
    const pointer: MalformedLabel['pointer'] = ['metadata', LABELS, output];
    // Not the label of an output: metadata belongs to the person.
    if (!output.startsWith('out-')) return [];
    if (!NAME.test(output)) return [{ pointer, fault: 'name' }];
    const text = typeof value === 'string' ? value.trim() : '';
    return WRITTEN_LABEL.test(text) || isWithdrawn(text) ? [] : [{ pointer, fault: 'verdict' }];
  });
}

function isWithdrawn(text: string): boolean {
  return text === WITHDRAWN || text.startsWith(`${WITHDRAWN},`);
}
