/**
 * Verbs in their base form that begin an instruction. None of them is a plural or the name of a mass, which could
 * be an object instead: "please readers" is no request.
 */
const VERBS =
  'accept add adjust analyse analyze answer apply ask assess assign assume begin build calculate categorise categorize choose cite clarify classify combine compare complete compute conduct confirm consider convert correct create decide define describe detect determine develop discuss divide edit elaborate evaluate examine exclude execute expand explain explore extract fill focus follow generate get give go group handle highlight identify ignore implement improve include indicate infer insert inspect investigate keep list locate look make mention merge modify optimise optimize organise organize outline perform prepare present prioritise prioritize produce propose provide put rank rate read recommend refactor refer remember remove rename replace reply resolve respond return review rewrite run select send separate show simplify solve sort specify split start stay stick suggest summarise summarize take tell think transform translate treat try understand use validate verify wait write'.split(
    ' ',
  );

/** A pattern, to be put between brackets. */
export const INSTRUCTION_VERBS: string = VERBS.join('|');
