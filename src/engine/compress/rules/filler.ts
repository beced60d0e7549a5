import type { Rule } from '../rule.ts';
import { type Rewording, reword } from './wording.ts';

/** Phrases that say in many words what one says, or nothing. */
export const filler: Rule = {
  name: 'filler',
  level: 'safe',
  reason: 'fewer words say the same',
  suggest: (message) => reword(message, PHRASES),
};

/** Where a sentence or list item begins. */
const BEGIN = String.raw`(?=[a-z])(?<=(?:^|[.!?:])[ \t]{0,8}|^[ \t]{0,40}(?:[-*+•]|\d{1,9}[.)])[ \t]{1,4})`;

/**
 * From lists of wordy phrases (plainlanguage.gov, "Use simple words and phrases"; Strunk, "Omit needless
 * words"), without those whose short form is less certain, as "should" for "it is recommended that".
 */
const PHRASES: readonly Rewording[] = [
  [/\bin order (to|for)\b/gi, '$1'],
  [/\bso as to\b/gi, 'to'],
  [/\b(?:due|owing) to the fact that\b/gi, 'because'],
  [/\bin (?:view|light) of the fact that\b/gi, 'because'],
  [/\bfor the reason that\b/gi, 'because'],
  [/\b(?:despite|in spite of) the fact that\b/gi, 'although'],
  [/\bin the event that\b/gi, 'if'],
  [/\bat (?:this|the present) (?:point|moment) in time\b/gi, 'now'],
  [/\bat the present time\b/gi, 'now'],
  [/\bat that point in time\b/gi, 'then'],
  [/\bfor the purposes? of\b/gi, 'for'],
  [/\bin (?:the )?close proximity to\b/gi, 'near'],
  [/\b(?:with (?:regards?|reference)|in (?:regards?|reference)) to\b/gi, 'about'],
  [/\bprior to\b/gi, 'before'],
  [/\bsubsequent to\b/gi, 'after'],
  // "There is a large number of" needs its singular.
  [/(?<!\b(?:is|was|has|be) )\ba (?:large|great|significant) number of\b/gi, 'many'],
  // Of one thing there is no "many": "a wide range of experience".
  [/\ba (?:wide|broad) (?:range|variety) of (?=(?:[a-z]+ )?[a-z]+[^su\W]s\b)/gi, 'many '],
  [/\bthe (?:vast )?majority of (?=(?:the|these|those|this|that|our|your|their|its|my)\b)/gi, 'most of '],
  [/\bthe (?:vast )?majority of (?=[a-z]+s\b)/gi, 'most '],
  [/\beach and every\b/gi, 'every'],
  [/\bany and all\b/gi, 'all'],
  [/\bfirst and foremost\b/gi, 'first'],
  [/\bhas the (?:ability|capability|capacity) to\b/gi, 'can'],
  [/\b(?:is|are) (?:able|in a position) to\b/gi, 'can'],
  [/\bmak(es?) use of\b/gi, 'us$1'],
  [/\bmaking use of\b/gi, 'using'],
  [/\bby means of\b/gi, 'by'],
  [/\bin (?:cases|situations|instances) (?:where|in which)\b/gi, 'when'],
  [/\b(?:during|in|over|throughout) the course of\b/gi, 'during'],
  [/\bfor the duration of\b/gi, 'during'],
  [/\b(is|are) in the process of(?= [a-z]+ing\b)/gi, '$1'],
  [/\buntil such time as\b/gi, 'until'],
  [/\btake into (?:account|consideration)\b/gi, 'consider'],
  [/\b(all|both) of the(?=\s[a-z])(?!\s(?:above|below|following|time)\b)/gi, '$1 the'],
  [/\b(inside|outside) of the(?=\s[a-z])/gi, '$1 the'],
  [/\bon a (daily|weekly|monthly|yearly) basis\b/gi, '$1'],
  [/\bon a regular basis\b/gi, 'regularly'],
  [
    /\bin a (clear|concise|professional|polite|brief|careful) (?:manner|way|fashion)(?=[.,;!?)]|$)/gim,
    '$1ly',
  ],
  [begin('it should be noted that '), ''],
  [begin('your (?:main |primary )?(?:task|job) is to (?=[a-z])(?!(?:be|have|act)\\b)'), ''],
  [
    begin(
      `it(?: is|'s|’s) (?:very |also )?(?:important|worth|crucial) (?:to note|noting|to remember|to mention|mentioning) that `,
    ),
    '',
  ],
  [
    begin(
      String.raw`(?:please )?(?:note|be aware|keep in mind|bear in mind) that (?=(?:the|this|these|those|it|we|you|they|there|an?|each|all|some)\b)`,
    ),
    '',
  ],
  [
    begin(
      `(?:needless to say|as (?:you (?:may |might )?(?:already )?know|a matter of fact)|of course|basically|obviously), `,
    ),
    '',
  ],
];

/**
 * Of a whole sentence's beginning only: elsewhere the phrase has its meaning. Whether the phrase is there at all
 * is quicker to see than what is before it, so that comes first.
 */
function begin(pattern: string): RegExp {
  return new RegExp(`(?=${pattern})${BEGIN}${pattern}`, 'gim');
}
