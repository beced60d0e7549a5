/** Numbers that are written out, each at its own place. */
export const WORD_NUMBERS = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
];

const NUMBER = String.raw`-?\d+(?:[.,]\d+)?`;
const MARKS = String.raw`[\s*_"'“|([【]{0,10}`;

const GOOD = [
  'pass(?:ed|es)?|correct(?! (?:answer|response|result|value))|true|excellent|met|accept(?:ed|able)?|approved',
  'bestanden|réussi|aprobado|aprovado|superato|合格|通过|通過|正确|正確|합격|통과',
];
const BAD = [
  'fail(?:ed|s|ure|ing)?|poor|bad|incorrect|wrong|unacceptable|reject(?:ed)?|inadequate|unsatisfactory|insufficient|unmet|false|f',
  "not (?:met|passed|acceptable|accepted|correct|approved)|(?:does|did)(?: not|n['’]t) (?:meet|pass|satisfy)",
  'nicht (?:bestanden|erfüllt)|durchgefallen|ungenügend|mangelhaft|échec|échoué|insuffisant|non (?:conforme|réussi)',
  'suspenso|reprobado|no (?:cumple|aprobado)|reprovado|não (?:cumpre|atende|aprovado)|fallito|bocciato|non superato',
  'başarısız|niet geslaagd|onvoldoende|nie (?:spełnia|zaliczone)',
  'провал|не (?:пройдено|соответствует)|неверно|不合格|不通过|不通過|未通过|未通過|失败|失敗|不及格|不正确|不正確|불합격|실패',
];
const SUBJECT =
  '(?:(?:the |this )?(?:output|answer|response|reply|text|submission|it) (?:clearly |is |was )?)?';
const OUTCOME = String.raw`${SUBJECT}(?:(?<good>${GOOD.join('|')})|(?<bad>${BAD.join('|')}))(?!\p{L})`;

const POINTS = 'points?|pts|punkt(?:en?)?|stars?|pontos?|puntos?|punti|балл(?:ов|а)?';
/** Of "1 minor issue", a number is no score. */
const NOT_A_COUNT = String.raw`(?!\d|[.,:–-]\d)(?![ \t]+(?!(?:${POINTS}|because|since|as|for|and|but|with|so|given)(?!\p{L}))\p{L})`;
/** A sum leads to its last number. An "a" may be an article. */
const VALUE = String.raw`(?:[\d.,\s+*×·/()-]{1,80}=\s*)?(?:(?<number>${NUMBER}|(?:${WORD_NUMBERS.join('|')})\b)(?:[\s*_]{0,5}(?:/|out of|of|von|sur|de|su|op|из)\s*(?<scale>\d+|ten|five)|\s*(?<percent>%)|${NOT_A_COUNT})|(?<stars>[★⭐]+☆*)|${OUTCOME}|(?<word>yes|no|tie|[bcdeyn])\b(?![’'.]?\p{L}))`;

const LINE_START = String.raw`(?:^|[.!?。]\s)[^\p{L}]{0,20}`;
const THING =
  'score|grade|verdict|answer|decision|choice|category|winner|rating|result|assessment|judge?ment|evaluation|points';
const FINAL_LABEL = [
  String.raw`\b(?:final|overall|total|my|right|correct|true|actual)[\s_]*(?:${THING})`,
  String.raw`\b(?:total|gesamtbewertung|endnote|gesamtpunktzahl|endergebnis|gesamturteil|puntuación final|calificación final|nota final|note finale|score final)`,
  '最终得分|最终评分|最終得分|最終評分|总分|總分|最終スコア|총점|итоговая оценка',
  `${LINE_START}(?:overall|conclusion|bottom line|final|fazit|conclusión|conclusão|conclusione|结论|結論|最终|вывод|итог)`,
].join('|');
const BARE_LABEL = [
  'score|points (?:awarded|given|earned)|grade|rating|verdict|decision|result|pass(?:ed|es)?',
  '(?:meets?|met|satisfie[sd]|fulfill?s)(?: (?:the|all))? (?:rubric|criteri(?:a|on)|requirements?)',
  'punktzahl|urteil|bewertung|ergebnis|puntuación|veredicto|resultado|résultat|veredito|verdetto|risultato',
  '得分|评分|評分|分数|分數|判定|结果|結果|スコア|評価|점수|판정|결과|оценка|вердикт|результат',
].join('|');

/** A label that stands alone in its line has its value in the next. */
const HEADED = String.raw`[^\p{L}\p{N}]*\n[^\p{L}\p{N}★⭐-]{0,10}(?=[^\n]{1,24}$)`;
const SEPARATOR = String.raw`(?:${MARKS}(?:\bis|\bwas|[:=|–—→⇒]|[=-]>|\s-\s)${MARKS}|${HEADED})`;

const ASIDE = String.raw`[^\p{L}\p{N}★⭐]{0,10}`;
const UNIT = String.raw`(?:\s?(?:${POINTS}|分|点数?|점))?[^\p{L}\p{N}]*`;

/** What is said last of the verdict as a whole. */
export const FINAL = new RegExp(`(?<label>${FINAL_LABEL})${SEPARATOR}${VALUE}`, 'gimu');
/** What may also be said of one criterion. */
export const BARE = new RegExp(`(?<label>${LINE_START}(?:${BARE_LABEL}))${SEPARATOR}${VALUE}`, 'gimu');
/** A line of a label and a value, with no more than a space or a comma between them. */
export const ROW = new RegExp(
  String.raw`^[^\p{L}\p{N}\n]{0,10}(?<label>(?:(?:final|overall|total|my) )?(?:score|grade|rating|verdict))[ \t*_"',;()[\]]{1,6}${VALUE}${UNIT}$`,
  'gimu',
);
/** A line that is nothing but a value. */
export const LONELY = new RegExp(
  String.raw`^${ASIDE}(?<label>)${VALUE}(?:${UNIT}$|(?<!\d)[^\p{L}\p{N}]*[–—:;,.-]\s)`,
  'iu',
);
export const LABELLED = new RegExp(
  `^${ASIDE}(?<label>[^:=→⇒|]{1,40})(?:[:=→⇒|]|[=-]>)${MARKS}${VALUE}${UNIT}$`,
  'iu',
);
/** TeX's box around an answer, by which models end what they work out. */
export const BOXED = new RegExp(String.raw`\\f?box(?:ed)?\{\s*(?:\\\w*\s*\{\s*)?${VALUE}`, 'giu');

const JUDGED = '(?:it|this|that|the (?:output|answer|response|reply|text|submission))';
/** Sentences that say what the verdict is. */
export const PHRASE = new RegExp(
  `(?:${[
    String.raw`\b(?:i|we)(?:'d| would| will|'ll)? (?:give|assign|award|rate|score|grade) ${JUDGED}(?: an?)?(?: (?:final|overall))?(?: (?:score|rating|grade) of)?`,
    '(?:so|thus|hence|therefore),? (?:the )?(?:final |overall )?(?<label>score|rating|grade|verdict|answer) (?:is|must be|should be)',
    'my (?:final |overall )?(?:score|rating|grade|verdict) (?:would|will|must|should) be',
    `${LINE_START}(?:rated|graded|(?:a )?(?:score|rating|grade) of)`,
    `${JUDGED} (?:only )?(?:scores|gets|earns|deserves|receives|merits)(?: only)?(?: an?)?(?: (?:final|overall))?(?: (?:score|rating|grade) of)?`,
    'ich (?:gebe|vergebe)|je (?:donne|mets)|le doy(?: un)?|我[给給打]出?',
  ].join('|')})[ ]?${VALUE}`,
  'gimu',
);

const YARDSTICK = String.raw`(?:the|this|these|that|those|all|any|every|its)\s(?:\w* ){0,3}(?:rubric|criteri(?:a|on)|requirements?|conditions?|test|check)\b`;
const SUBJECTS = '(?:it|this|output|answer|response|reply|text|submission)';
const FAILS =
  "(?:fails(?: to (?:meet|satisfy|fulfill?|pass))?|(?:does not|doesn't) (?:meet|satisfy|fulfill?|pass))";
/** Sentences that say that the output is not what is asked for. */
export const FALLS_SHORT = new RegExp(
  String.raw`(?<!\b(?:if|when|unless|whether)\b[^.!?\n]{0,30})\b${SUBJECTS} (?:\w+ly )?${FAILS} ${YARDSTICK}|\b(?:meet|satisfy|fulfill?|pass|comply with) ${YARDSTICK}[\p{L} ]{0,40}\?[^\p{L}]*(?:answer[^\p{L}]+)?no(?!.?\p{L})|(?:is|was) not a pass\b|\b${SUBJECTS} (?:should|must|has to) (?:be )?fail(?:ed)?\b|\bi (?:have to|must|will) fail (?:it|this|the)\b|\b(?:so|thus|hence|therefore),? fail\b`,
  'iu',
);
