/** Ends of fences, of tags around an answer, and of a turn; none of them says anything. */
const MARKS =
  /```\w+|<\/?(?:answer|verdict|json|response|output|result|evaluation|grade|judge?ment|s)>|<\|[^<>\s]+>|<end_of_turn>|\[\/INST\]/gi;

/** How people and models take their leave, one sentence each, in the languages in which judges mostly are asked. */
const FAREWELLS: readonly RegExp[] = [
  /^(?:and )?(?:that|this)(?:'s| is| was) (?:all|it|my (?:full |final |whole )?(?:verdict|evaluation|assessment|judge?ment|answer|decision))$/,
  /^i hope (?:that|this|it) (?:helps|is helpful|was helpful)$/,
  /^hope (?:that|this|it) helps$/,
  /^(?:please )?(?:let me know|feel free to (?:ask|reach out))(?: if (?:you(?: (?:need|have|want|would like|require)|'d like)|there(?:'s| is)) \p{L}[\p{L}\p{M}' ]*)?$/u,
  /^(?:many )?(?:thanks|thank you)(?: (?:very|so) much)?(?: for (?:reading|your (?:time|attention|trust)))?$/,
  /^(?:end of (?:the )?(?:evaluation|verdict|assessment|answer|json|response)|done|end|(?:best|kind) regards|have a (?:nice|great|good) day)$/,
  /^(?:das|dies) (?:ist|war) (?:alles|meine? (?:bewertung|urteil|einschätzung|antwort))$/,
  /^(?:soweit|so weit) (?:meine? (?:bewertung|urteil|einschätzung|antwort))$/,
  /^ich hoffe,? (?:das|dies) (?:hilft|hilft (?:dir|ihnen|weiter|dir weiter|ihnen weiter))$/,
  /^(?:vielen dank|danke|ende|ende der bewertung|mit freundlichen grüßen|viele grüße|gern geschehen)$/,
  /^(?:希望(?:这|這|以上|我的评估|我的評估)*(?:对|對)?(?:您|你)?(?:能)?有(?:所)?(?:帮助|幫助)|谢谢|謝謝|感谢(?:您的阅读)?|以上(?:是|就是|为|為)?(?:我的)?(?:评估|評估|评价|評價|评分|評分|判断|判斷|结论|結論)?(?:结果|結果)?|(?:评估|評估|评价|評價)?(?:完毕|完畢|结束|結束|完成))$/,
  /^(?:c'est tout|j'espère que cela (?:vous )?aide|merci|eso es todo|espero que (?:esto )?(?:le |te )?ayude|gracias|以上です|ご確認ください|ありがとうございます)$/,
];

/** What decides, takes back, or speaks of the verdict, in the same languages. */
const DECISIVE =
  /\p{N}|[{}［【]|\b(?:scor\w*|grad(?:e|ed|ing)|rat(?:e|ed|ing)|verdict|pass\w*|fail\w*|actually|reflection|reconsider\w*|thought|thinking|correct\w*|instead|however|but|although|wait|hold on|mistak\w*|wrong|error|oops|retract\w*|withdraw\w*|take (?:it|that|this) back|scratch|disregard|ignore|nevermind|refus\w*|declin\w*|can(?:no|')t|unable|not|no|never|should|would|must|chang\w*|revis\w*|updat\w*|sorry|apolog\w*|yes|ties?|winner|best|better|worse|unsure|uncertain|attempt\w*|steer\w*|inject\w*|manipul\w*|instruct\w*|doch|nicht|kein\w*|nein|ja|aber|jedoch|eigentlich|korrektur|korrig\w*|falsch|irrtum|fehler|punkte?|note|urteil|bewert\w*|sondern|zurück|moment|halt)\b|[不非否错錯误誤改更但其实實应應该該收回撤零一二三四五六七八九十分]/u;

/** What takes back what was said before it. */
export const RETRACTION =
  /\b(?:actually|wait|hold on|on reflection|on second thought|correction|scratch that|mistake|retract\w*|withdraw\w*|take (?:it|that|this) back|disregard|never ?mind|oops|i was wrong|doch nicht|korrektur|nehme das zurück|moment)\b|更正|收回|其实|其實|等等/i;

/** A sentence without the signs around it. */
const SPOKEN = /[\p{L}\p{N}{}［【](?:.*[\p{L}\p{N}{}］】])?/u;

/** Signs of a refused pass, which are no letters. */
export const CROSS = /[❌❎✗✘✖👎🚫⛔🛑]/u;

type Meaning = 'nothing' | 'chatter' | 'decisive';

/**
 * What the words behind a verdict do to it: `nothing` for fences and farewells, `decisive` where they decide, take back
 * or speak of a verdict, `chatter` for whatever else, of which nobody can say.
 */
export function meaningOf(after: string): Meaning {
  if (CROSS.test(after)) return 'decisive';

  const sentences = after
    .replace(MARKS, ' ')
    .replaceAll('’', "'")
    .split(/[.!?。！？…\r\n]/)
    .flatMap((sentence) => SPOKEN.exec(sentence.toLowerCase())?.[0] ?? []);

  const open = sentences.filter((sentence) => !FAREWELLS.some((farewell) => farewell.test(sentence)));
  if (open.length === 0) return 'nothing';

  return open.some((sentence) => DECISIVE.test(sentence)) ? 'decisive' : 'chatter';
}
