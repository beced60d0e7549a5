const FINAL = 'final verdict for each statement in order:';

type FaithfulVerdicts = { supported: number; score: number } | { problem: string };

/**
 * How many of the statements a judge's answer supports, after promptfoo's `matchesContextFaithfulness`: by the final
 * list, else by every "Verdict: Yes" and "Verdict: No". A statement without a verdict is not supported. The score is
 * the supported share, 0–1. Two final lists, or more verdicts than statements, are no answer.
 */
export function faithfulVerdicts(answer: string, statements: number): FaithfulVerdicts {
  const text = answer.toLowerCase();
  const final = text.indexOf(FINAL);
  if (final < 0) {
    return share(count(text, 'verdict: yes'), count(text, 'verdict: no'), statements);
  }
  const rest = text.slice(final + FINAL.length);
  if (rest.includes(FINAL)) return { problem: 'the judge gave more than one list of verdicts' };
  const verdicts = rest.split('.').filter((part) => part.trim() !== '');
  const words = verdicts.map((part) => /\b(?:yes|no)\b/.exec(part)?.[0]);
  if (words.includes(undefined)) return { problem: "the judge's final list holds more than Yes and No" };
  const yes = words.filter((word) => word === 'yes').length;
  return share(yes, words.length - yes, statements);
}

function share(yes: number, no: number, statements: number): FaithfulVerdicts {
  if (yes + no === 0) return { problem: 'the judge gave no verdict on any statement' };
  if (yes + no > statements) {
    return { problem: `the judge gave ${yes + no} verdicts on ${statements} statements` };
  }
  return { supported: yes, score: yes / statements };
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}
