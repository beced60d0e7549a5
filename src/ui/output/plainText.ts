import { visibleText } from '../../engine/model/visibleText.ts';

/** Of a name in a row or a tab, in code points: the rest could not be seen there. */
const LINE_LENGTH = 200;

/** Spaces without a width: a name of them would be an empty row. */
const NO_WIDTH = /[\u200b\u2060-\u2065\ufeff]/g;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/**
 * A name that came with a trace, as one line of a tree, a list or a tab: it cannot hide, break the row, or turn
 * the direction of what stands beside it.
 */
export function lineText(text: string): string {
  const line = visibleText(text.replace(/\s+/g, ' ').replace(NO_WIDTH, '').trim());
  const letters = [...line];
  const short = letters.length > LINE_LENGTH ? `${letters.slice(0, LINE_LENGTH).join('').trimEnd()}…` : line;
  return RIGHT_TO_LEFT.test(short) ? `\u2068${short}\u2069` : short;
}

/** Of a list or the status bar: the editor would draw `$(name)` as an icon. */
export function withoutIcons(text: string): string {
  return text.replace(/\$\((?=[\w~-]+\))/g, '\\$&');
}
