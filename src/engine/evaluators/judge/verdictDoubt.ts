import type { JsonObject, JsonValue } from '../../model/json.ts';
import { meaningOf } from './closingWords.ts';
import { isQuoted } from './quotedVerdict.ts';
import type { WrittenVerdict } from './verdictJson.ts';

/**
 * Why a verdict may not be the judge's last word. `final`: it contradicts itself, and asking again would be choosing.
 * Otherwise the judge may be asked to say the same again, and nothing else.
 */
interface Doubt {
  reason: string;
  final: boolean;
}

/** A model's thoughts before its answer, where a server leaves them in the text. */
const THOUGHTS = /^\s*<think(?:ing)?>[\s\S]*?<\/think(?:ing)?>/i;

const OPEN_THOUGHTS = /<think(?:ing)?>(?![\s\S]*<\/think)/i;

const REFUSAL =
  /\b(?:i|we)(?: must| have to| will)? ?(?:refuse|decline|won['’]t|will not|can(?:no|['’])t|cannot|am (?:not able|unable)|am not going)(?: to)? (?:grade|judge|score|evaluate|rate|assess|comply)(?: (?:it|this|that|them|these|the|any|an?|output|answer|response|text|submission|reply))*\s*(?:[.,;!\n]|$|because|as |since )|\bich (?:weigere mich|lehne (?:es )?ab)\b|我(?:拒绝|拒絕|无法|無法|不能|不会|不會)(?:对此|對此)?(?:评|評|打分|判)/iu;

/** Words that announce what somebody else says. */
const QUOTES =
  /(?:\b(?:contains?|says?|said|reads?|claims?|states?|includes?|demands?|quotes?|quoted|embeds?|embedded|injects?|injected|inserts?|such as|for example|e\.g\.|namely|wants? me to \w+|(?<!\b(?:you|i|was|am|were|been) )(?:tells?|told|asks?|asked|orders?|instructs?|instructed)(?: me)? (?:to \w+|for)|enthält|sagt|behauptet|verlangt)|包含|写道|寫道|声称|聲稱|要求(?:我)?(?:输出|輸出|回答)?)\s*(?:this|the following|the text|folgendes)?\s*[:：,，]?\s*(?:```\w*\s*)?[`"'“”„«「『(]*\s*$/iu;

const ROUNDING = 1e-9;

/** A further key that decides, too. */
const SECOND_KEY =
  /scor|verdict|pass|fail|grade|rating|winner|best|choice|categor|answer|final|correct|revis|retract|decision|valid/i;

/**
 * What casts doubt on a verdict: that it stands in the judged `material`, that the judge announces it as a quotation, or
 * refuses, that a broken verdict stands beside it or a second one in it, or that more is said behind it. `keys` are
 * those of the form.
 */
export function doubtAbout(
  { value, before, after }: WrittenVerdict,
  keys: readonly string[],
  material: readonly string[],
): Doubt | undefined {
  const certain = (reason: string): Doubt => ({ reason, final: true });
  if (isQuoted(value, material)) return certain("the judge's verdict stands in what was judged");

  const words = before.replace(THOUGHTS, '');
  if (OPEN_THOUGHTS.test(words)) return { reason: 'it holds thoughts only', final: false };
  if (QUOTES.test(words)) return certain('the judge quotes a verdict instead of giving one');
  if (REFUSAL.test(words)) return certain('the judge says that it does not grade');
  if (isBroken(words, keys) || isBroken(after, keys)) {
    return certain('the judge gave more than one verdict, one of them broken');
  }
  if (contradicts(words, value)) return certain("the judge's words and its verdict are not the same");

  const second = Object.keys(value).find((key) => !keys.includes(key) && SECOND_KEY.test(key));
  if (second !== undefined) return certain(`the judge gave a second verdict in "${second}"`);

  const meaning = meaningOf(after);
  if (meaning === 'decisive') return certain('the judge goes on to speak of its verdict after it');
  return meaning === 'chatter' ? { reason: 'there is more behind the JSON object', final: false } : undefined;
}

/** A brace with a key of the form behind it is a verdict that cannot be read. */
function isBroken(text: string, keys: readonly string[]): boolean {
  const names = keys.join('|');
  return new RegExp(`[{｛][^{}｛｝]*?(?<![\\p{L}\\p{N}])(?:${names})["'“”‘’\`]*\\s*[:=：]`, 'iu').test(text);
}

/** "Final score: 0" before a verdict that says something else. An "a" may be an article. */
const FINAL =
  /\b(?:final|overall|my) (?:score|grade|verdict|answer|decision|choice|category|winner|rating)\b\s*(?:is|:|=)\s*\**["'“]?(-?\d+(?:\.\d+)?|(?:yes|no|tie|[bcdeyn])\b)/giu;
/** Thoughts may go by another scale: of 5, of 10, in percent. */
const SCALES = [1, 5, 10, 100];

function contradicts(words: string, verdict: JsonObject): boolean {
  const [, said] = [...words.matchAll(FINAL)].at(-1) ?? [];
  if (said === undefined) return false;
  const alike = Object.values(verdict).filter((value) => isComparable(value, said));
  return alike.length > 0 && !alike.some((value) => isSame(value, said));
}

function isComparable(value: JsonValue, said: string): boolean {
  if (/\d/.test(said)) return typeof value === 'number';
  return typeof value === 'string' && /^(?:yes|no|tie|[a-eyn])$/i.test(value);
}

function isSame(value: JsonValue, said: string): boolean {
  if (typeof value === 'number') {
    return SCALES.some((scale) => Math.abs(Number(said) / scale - value) < ROUNDING);
  }
  const [short, long] = [String(value).toLowerCase(), said.toLowerCase()].sort((a, b) => a.length - b.length);
  return short !== undefined && long?.startsWith(short) === true;
}
