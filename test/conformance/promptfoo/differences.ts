/** Where verdicts differ from promptfoo's on purpose. The titles are those of docs/promptfoo.md. */
export interface Difference {
  title: string;
  /** Names of cases and trajectories; `*` stands for any characters. */
  names: readonly string[];
}

export const DIFFERENCES: readonly Difference[] = [
  {
    title: 'What cannot be measured is an error',
    names: [
      'regex-* invalid',
      'regex-* not invalid',
      'javascript-* last line without return',
      'javascript-* throws',
      'javascript-* returns text',
      'javascript-* undefined',
      'differences-* broken part within a threshold',
    ],
  },
  {
    title: 'Nothing to check is an error',
    names: [
      'csv nothing expected',
      'differences-* no assertion',
      'differences-* empty list, *',
      'differences-* only weight 0',
    ],
  },
  {
    title: 'No trace proves nothing',
    names: [
      'not no tools at all',
      'not sequence without tools',
      'none, at most',
      'not none, at most',
      'not no skills reported',
      'skill not reported at all',
      'not skill not reported at all',
    ],
  },
  {
    title: '`not-` turns the score too',
    names: ['tool-call-f1-* not *', 'javascript-* not object', 'javascript-* not number'],
  },
  {
    title: '`not-is-valid-openai-tools-call` is turned round',
    names: ['tools-call-* not *'],
  },
  {
    title: 'Tool calls in other forms',
    names: ['tools-call-* no arguments', 'tools-call-* as text'],
  },
  {
    title: 'Scores stay between 0 and 1',
    names: ['javascript-* length as score', 'differences-* score beyond 1 in the mean'],
  },
  { title: 'Weight 0 never decides', names: ['differences-* failing set of weight 0'] },
  { title: 'Regular expressions see whole characters', names: ['differences-* dot and emoji'] },
  { title: 'Languages without spaces have words', names: ['differences-* words without spaces'] },
  {
    title: 'BLEU takes each n-gram from its best reference',
    names: ['differences-* bleu over two references'],
  },
  {
    title: 'XML has any names, and is deep',
    names: ['is-xml-* name of a *', 'is-xml-* not name of a *', 'is-xml-* nested deep'],
  },
  { title: 'METEOR is measured, without synonyms', names: ['meteor-*'] },
  {
    title: 'JSON Schema follows the standard',
    names: ['differences-* unknown schema keyword', 'differences-* schema of 2020-12'],
  },
];

/** The difference that a case is listed under. */
export function differenceOf(
  name: string,
  differences: readonly Difference[] = DIFFERENCES,
): Difference | undefined {
  return differences.find(({ names }) => names.some((pattern) => matches(name, pattern)));
}

function matches(name: string, pattern: string): boolean {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${escaped}$`).test(name);
}
