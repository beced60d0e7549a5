import { stripVTControlCharacters } from 'node:util';
import { eastAsianWidth } from 'get-east-asian-width';

/** Characters of one column each, as nearly all that is printed: ASCII, Latin, dashes, quotes, arrows, currencies. */
const PLAIN = /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u20a0-\u20c0\u2190-\u21ff]*$/;
/** In UTF-16 code units; a letter may have any number of marks. */
const LONGEST_EMOJI = 50;

/**
 * How many columns a text takes in a terminal; colours take none. The package `string-width` counts alike, but reads
 * Unicode's tables of emoji as soon as it is loaded, which took a tenth of every start.
 */
export function columnsOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  const bare = stripVTControlCharacters(text);
  if (PLAIN.test(bare)) return bare.length;

  let columns = 0;
  for (const { segment } of unicode().segmenter.segment(bare)) columns += clusterColumns(segment);
  return columns;
}

/** Of what a reader takes for one character. It may be several code points: an accent, a flag, a family. */
function clusterColumns(cluster: string): number {
  const { emoji, joined, visible, spacing } = unicode();
  // Keycaps and joined pictures are shown as emoji also without the selector that asks for it.
  const mayBeEmoji = cluster.length <= LONGEST_EMOJI;
  if (mayBeEmoji && [emoji, joined, /^[\d#*]\u20e3$/].some((kind) => kind.test(cluster))) return 2;

  let columns = 0;
  for (const character of cluster) {
    if (!visible.test(character)) continue;
    if (columns === 0 || spacing.test(character)) columns += eastAsianWidth(character.codePointAt(0) ?? 0);
  }
  return columns;
}

/** As texts, since an expression is checked as soon as its file is read, which is what takes the time. */
const EMOJI = String.raw`^\p{RGI_Emoji}$`;
const JOINED = String.raw`\p{Extended_Pictographic}.*\u200d.*\p{Extended_Pictographic}`;
const VISIBLE = String.raw`[^\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Mn}\p{Me}\p{Cs}]`;
const SPACING = String.raw`[\p{Mc}\uff00-\uffef]`;

interface UnicodeTables {
  segmenter: Intl.Segmenter;
  emoji: RegExp;
  joined: RegExp;
  visible: RegExp;
  /** Marks that follow their letter in a column of their own, and the halves of letters. */
  spacing: RegExp;
}

let tables: UnicodeTables | undefined;

function unicode(): UnicodeTables {
  tables ??= {
    segmenter: new Intl.Segmenter(),
    emoji: new RegExp(EMOJI, 'v'),
    joined: new RegExp(JOINED, 'v'),
    visible: new RegExp(VISIBLE, 'v'),
    spacing: new RegExp(SPACING, 'v'),
  };
  return tables;
}
