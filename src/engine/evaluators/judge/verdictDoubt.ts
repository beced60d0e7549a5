import type { JsonObject } from '../../model/json.ts';
import { meaningOf } from './closingWords.ts';
import { isForeign, withoutClosingMarks } from './leadIn.ts';
import { QUOTATION } from './quotation.ts';
import { isQuoted } from './quotedVerdict.ts';
import { secondVerdict } from './secondVerdict.ts';
import { contradiction, lastLineDiffers, plainWords } from './statedVerdict.ts';
import { withoutThoughts } from './thoughts.ts';
import type { WrittenVerdict } from './verdictJson.ts';

/**
 * Why a verdict may not be the judge's last word. `final`: it contradicts itself, and asking again would be choosing.
 * Otherwise the judge may be asked to say the same again, and nothing else.
 */
interface Doubt {
  reason: string;
  final: boolean;
}

const REFUSAL =
  /\b(?:i|we)(?: must| have to| will)? (?:refuse|decline|won['’]t|will not|can(?:no|['’])t|am (?:not able|unable)|am not going)(?: to)? (?:grade|judge|score|evaluate|rate|assess|comply)(?: (?:it|this|that|them|these|the|any|an?|output|answer|response|text|submission|reply))*\s*(?:[.,;!\n]|$|because|as |since )|\bich (?:weigere mich|lehne (?:es )?ab)\b|我(?:拒绝|拒絕|无法|無法|不能|不会|不會)(?:对此|對此)?(?:评|評|打分|判)/i;

/** Words that announce what somebody else says. */
const QUOTES =
  /(?:\b(?:contains?|says?|said|reads?|claims?|states?|includes?|demands?|quotes?|quoted|embeds?|embedded|injects?|injected|inserts?|inserted|such as|for example|e\.g\.|namely|wants? me to \w+|(?<!(?:you|i|was|am|were|been) )(?:tells?|told|asks?|asked|orders?|instructs?|instructed)(?: me)? (?:to \w+|for)|enthält|sagt|behauptet|verlangt)|包含|写道|寫道|声称|聲稱|要求(?:我)?(?:输出|輸出|回答)?)\s*(?:this|the following|the text|folgendes)?[\s:：,，`"'“”„«「『(]*(?:`\w+\s*)?$/i;

/** Refusals in words that may also tell of somebody else's. */
const LIKELY_REFUSAL =
  /\b(?:i['’]m|i am|we are|we['’]re) (?:not able|unable) to (?:grade|judge|score|evaluate|rate|assess|comply|help|assist|provide)|\bi (?:can['’]t|cannot|won['’]t|will not) (?:help|assist|comply)\b|insufficient information to (?:grade|judge|score|evaluate|rate|assess)|no puedo (?:evaluar|calificar|valorar|juzgar)|je ne (?:peux|puis) pas (?:évaluer|noter|juger)|\bkann (?:\S* ){0,4}nicht (?:bewerten|beurteilen|benoten)|não posso avaliar|non posso valutare|не могу (?:\S* )?оцени|\bkan (?:\S* )?niet beoordelen|nie mogę (?:\S* )?oceni|kan inte bedöma|değerlendiremem|評価できません|평가할 수 없/i;

/** Marks of a text that is struck out or not shown. */
const STRUCK = /(?:(?<!~)~~|<(?:del|strike)>|<!--)\s*$/i;

/** A form that was not filled in. */
const BLANK =
  /^(?:[^\p{L}\p{N}]*|<\w[^<>]*>|\[\w[^[\]]*\]|string|n\/?a|todo|tbd|(?:your|the|a|an|insert|brief|short) .{0,30}\b(?:explanation|reason(?:ing)?|justification)(?: here)?)$/iu;

/**
 * What casts doubt on a verdict: that it stands in the judged `material`, that the judge announces it as somebody else's,
 * or refuses, that it says something else around it, that a broken verdict stands beside it or a second one in it, or
 * that more is said behind it. `keys` are those of the form, `full` is its full score.
 */
export function doubtAbout(
  { value, before, after }: WrittenVerdict,
  { keys, full }: { keys: readonly string[]; full: number },
  material: readonly string[],
): Doubt | undefined {
  const certain = (reason: string): Doubt => ({ reason, final: true });
  const likely = (reason: string): Doubt => ({ reason, final: false });
  if (isQuoted(value, material)) return certain("the judge's verdict stands in what was judged");

  const { words, thinking } = withoutThoughts(before);
  if (thinking) return likely('it holds thoughts only');
  if (STRUCK.test(words)) return certain('the judge has struck its verdict out');
  if (QUOTES.test(words)) return certain('the judge quotes a verdict instead of giving one');

  const own = words.replace(QUOTATION, ' ');
  if (REFUSAL.test(own)) return certain('the judge says that it does not grade');
  if (isBroken(words, keys) || isBroken(after, keys)) {
    return certain('the judge gave more than one verdict, one of them broken');
  }

  const said = contradiction(plainWords(words, material), value, full);
  if (said === 'certain') return certain("the judge's words and its verdict are not the same");

  const second = secondVerdict(value, keys, full);
  if (second !== undefined) return certain(second);

  const meaning = meaningOf(after);
  if (meaning === 'decisive') return certain('the judge goes on to speak of its verdict after it');

  if (said === 'likely' || lastLineDiffers(withoutClosingMarks(words), value, full))
    return likely('the words before it say something else');
  if (LIKELY_REFUSAL.test(own)) return likely('the words before it refuse to grade');
  if (isForeign(words)) return likely('the words before it leave open whose verdict it is');

  const problem = reasonProblem(value, full, material);
  if (problem !== undefined) return likely(problem);

  return meaning === 'chatter' ? likely('there is more behind the JSON object') : undefined;
}

function reasonProblem(verdict: JsonObject, full: number, material: readonly string[]): string | undefined {
  const { reason } = verdict;
  // An empty one says as much as one that is left out, which forms allow.
  if (typeof reason !== 'string' || reason === '') return undefined;
  const own = reason.replace(QUOTATION, ' ');
  if (BLANK.test(reason.trim())) return '"reason" gives no reason';
  if (REFUSAL.test(own) || LIKELY_REFUSAL.test(own)) return '"reason" refuses to grade';
  return contradiction(plainWords(own, material), verdict, full) === undefined
    ? undefined
    : '"reason" says another verdict';
}

/** A brace with a key of the form behind it is a verdict that cannot be read. */
function isBroken(text: string, keys: readonly string[]): boolean {
  const names = keys.join('|');
  return new RegExp(`[{｛][^}｝]*(?<![\\p{L}\\p{N}])(?:${names})[^\\p{L}\\p{N}]*[:=：]`, 'iu').test(text);
}
