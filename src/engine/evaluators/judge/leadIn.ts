/** So many characters before a verdict lead to it. */
const LEAD = 1000;
/** What stands between the words that lead to a verdict and its brace: fences, tags, stars, quotation marks. */
const MARK = /(?:\s|[*_>"'“”„«「『(]|`\w*|~{3,}\w*|<[/|]?\w[^<>]*>|\bjson)$/i;

const SENTENCE_END = /(?<=[.!?])\s+|(?<=[。！？])|\n/;

/** Words that announce a verdict of somebody else, of another case, or none at all. */
const SUSPECT = new RegExp(
  [
    String.raw`inject\w*|manipul\w*|steer\w*|trick\w*|jailbr\w*|hidden|embed\w*|fak(?:e|ed|es|ing)|forge\w*|pretend\w*`,
    String.raw`attempt\w*|tries|tried|trying|claim\w*|quot(?:e|es|ed|ing|ation)|demand\w*|instructs|orders me|tells|telling`,
    'instruct(?:ed|ing) (?:me|us|the|graders?|judges?)|(?<!(?:you|was|been) )(?:asks|asked|asking|told) (?:me|us|for|the|you|to)',
    String.raw`(?<!you )wants?(?: me)? to|suppos\w*|imagin\w*|hypothe\w*|if|were|would (?:get|be|have|receive|earn|deserve|score)`,
    String.raw`(?:not|never|\w*n['’]t) (?:\w* ){0,2}(?:my|say|output|answer|give|return|write|respond|reply|verdict|score)|instead of|rather than`,
    'sample|schema|expected (?:output|format|answer|verdict)|finish(?:es|ed)? with|at best|could be|i answered|last (?:turn|conversation|time)',
    String.raw`ideal|perfect (?:output|answer|response|reply)|for instance|example|e\.g|placeholder|draft|tentative|initial|previous|earlier`,
    '(?:other|another|first|second) (?:grader|judge|model)|template|(?:in|has|have|uses?) (?:the|this) (?:form|shape)',
    '(?:output|text|answer|response|reply|submission|user|assistant|model|message) (?:has|gives|gave|shows|writes|wrote|returned|returns|ends|begins|starts)',
  ]
    .map((words) => String.raw`(?<!\p{L})(?:${words})(?!\p{L})`)
    .join('|'),
  'iu',
);

/** A turn of somebody else. */
const OTHER_ROLE = /(?:^|\|>)\W*(?:user|human|system|tool)\W*$/i;

/** Words by which a judge leads to a verdict of its own, in the languages in which judges mostly are asked. */
const OWN =
  /(?<!\p{L})(?:here|my|mine|i|we|our|final(?:ly)?|verdict|evaluat\w*|assess\w*|judge?ments?|grad(?:e|ing)|rating|scor(?:e|ing)|results?|json|conclusion|conclude|therefore|thus|overall|summary|decision|follows|following|mein\w*|hier|urteil|bewertung|ergebnis|aquí|evaluación|resultado|veredicto|voici|mon|évaluation|résultat|ecco|mia|valutazione|risultato|minha|avaliação|aqui)(?!\p{L})|评估|評估|评价|評價|评分|評分|判断|判斷|结论|結論|结果|結果|判定|評価|採点|평가|결과|оценк|результат|вердикт/iu;

/** So many words are a heading, e.g. "Answer:". */
const HEADING_WORDS = 3;
const HEADING_LENGTH = 24;

/**
 * Whether the words right before a verdict leave open whose verdict it is: they speak of an attack, an example, another
 * grader or a case that is not given, or lead to it without a word that says it is the judge's own.
 */
export function isForeign(words: string): boolean {
  const text = withoutMarks(words.slice(-LEAD));
  const last = text
    .split(SENTENCE_END)
    .filter((sentence) => /\p{L}/u.test(sentence))
    .at(-1);
  if (last === undefined || /[.!?。！？]$/.test(text)) return false;
  if (SUSPECT.test(last) || OTHER_ROLE.test(last)) return true;
  const leads = /[:：,，]$/.test(text) || !words.slice(-LEAD).slice(text.length).includes('\n');
  return leads && !isHeading(last) && !OWN.test(last);
}

/** The words without fences, tags, stars and quotation marks at their end. */
export function withoutClosingMarks(words: string): string {
  return words.slice(0, -LEAD) + withoutMarks(words.slice(-LEAD));
}

function withoutMarks(words: string): string {
  const shorter = words.replace(MARK, '');
  return shorter === words ? words : withoutMarks(shorter);
}

function isHeading(line: string): boolean {
  const isShort = line.trim().split(/\s+/).length <= HEADING_WORDS && line.length <= HEADING_LENGTH;
  return isShort && !/[^\p{Script=Latin}\p{P}\p{S}\p{N}\s]/u.test(line);
}
