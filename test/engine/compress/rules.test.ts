import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { CompressOptions } from '../../../src/engine/compress/options.ts';
import type { CompressionLevel } from '../../../src/engine/compress/rule.ts';
import { compressed } from './compressPrompt.ts';

/** What a text becomes at a level. */
async function shortened(
  text: string,
  level: CompressionLevel,
  options: Partial<CompressOptions> = {},
): Promise<string> {
  return (await compressed({ path: 'SKILL.instructions.md', text }, { level }, options)).text;
}

async function expectAll(
  level: CompressionLevel,
  cases: readonly (readonly [string, string])[],
): Promise<void> {
  for (const [before, after] of cases) assert.equal(await shortened(before, level), after);
}

describe('compression rules', () => {
  it('whitespace: line ends, blank lines, doubled spaces; not indentation, columns and line breaks', () =>
    expectAll('lossless', [
      ['One line. \n \n  \n\n   Another  line.\n', 'One line.\n\n   Another line.\n'],
      ['A break  \nand on.', 'A break  \nand on.'],
      ['- one\n  - two\n      three', '- one\n  - two\n      three'],
      ['name    age\nann     30\nbob     41', 'name    age\nann     30\nbob     41'],
      ['Sentence one.  Sentence two,   and more.', 'Sentence one. Sentence two, and more.'],
    ]));

  it('json-layout: on one line, its values as they are; of fences only schemas, not what is no JSON', () =>
    expectAll('lossless', [
      [
        'Answer so:\n{\n  "name": "Ann  B",\n  "age": [\n    1,\n    2\n  ]\n}\nDone.',
        'Answer so:\n{"name":"Ann  B","age":[1,2]}\nDone.',
      ],
      ['```json\n{\n  "a":   1\n}\n```', '```json\n{\n  "a":   1\n}\n```'],
      [
        'Answer by this schema:\n\n```json\n{\n  "type": "object",\n  "properties": {\n    "a  b": { "type": "string" }\n  }\n}\n```\n\nNow `a  b`.',
        'Answer by this schema:\n\n```json\n{"type":"object","properties":{"a  b":{"type":"string"}}}\n```\n\nNow `a  b`.',
      ],
      [
        '```json\n{\n  "type": "Feature",\n  "properties": {\n    "a": 1\n  }\n}\n```',
        '```json\n{\n  "type": "Feature",\n  "properties": {\n    "a": 1\n  }\n}\n```',
      ],
      ['Answer so:\n{\n  "name": <the name>\n}', 'Answer so:\n{\n  "name": <the name>\n}'],
    ]));

  it('xml-layout: indentation between tags, not within text', () =>
    expectAll('lossless', [
      [
        '<order>\n      <item>boots</item>\n      <item>tent</item>\n   </order>',
        '<order>\n<item>boots</item>\n<item>tent</item>\n</order>',
      ],
      [
        '<note>\n   keep\n   <b>this</b> <i>gap</i>\n</note>',
        '<note>\n   keep\n   <b>this</b> <i>gap</i>\n</note>',
      ],
    ]));

  it('table-layout and table-rules: one space and three dashes are enough', async () => {
    const table =
      '| Name          | Meaning            |\n| ------------- | ------------------ |\n| a | first    letter   |';
    assert.equal(
      await shortened(table, 'lossless'),
      '| Name | Meaning |\n| ------------- | ------------------ |\n| a | first    letter |',
    );
    assert.equal(await shortened(table, 'safe'), '| Name | Meaning |\n|---|---|\n| a | first    letter |');
  });

  it('formatting: headings need no bold and no closing marks', () =>
    expectAll('safe', [
      ['## **How to answer**\n\nBriefly.', '## How to answer\n\nBriefly.'],
      ['## Style ##\n\nBe brief.', '## Style\n\nBe brief.'],
    ]));

  it('section-rules: a rule above a heading; not between paragraphs, nor what makes a line a heading', () =>
    expectAll('safe', [
      ['# A\n\nBe brief.\n\n---\n\n# B\n\nSign.', '# A\n\nBe brief.\n\n# B\n\nSign.'],
      ['First letter.\n\n---\n\nSecond letter.', 'First letter.\n\n---\n\nSecond letter.'],
      ['A title\n---\n\n# B', 'A title\n---\n\n# B'],
      ['```\na\n\n---\n\n# b\n```', '```\na\n\n---\n\n# b\n```'],
    ]));

  it('list-leads: bold that every item has; not where it weighs some items or an obligation', () =>
    expectAll('safe', [
      [
        '- **Tone**: kind and plain\n- **Length**: short and clear\n',
        '- Tone: kind and plain\n- Length: short and clear\n',
      ],
      [
        '1. **Read it.** All of it.\n\n   Twice.\n\n2. **Sign it.** By name.\n',
        '1. Read it. All of it.\n\n   Twice.\n\n2. Sign it. By name.\n',
      ],
      ['- **`a.md`** — read first\n- **`b.md`** — read last', '- `a.md` — read first\n- `b.md` — read last'],
      [
        '- **Tone**: kind and plain\n- Length: short and clear\n',
        '- **Tone**: kind and plain\n- Length: short and clear\n',
      ],
      [
        '- **Tone**: kind and plain\n- **Never lie**: stay honest\n',
        '- **Tone**: kind and plain\n- **Never lie**: stay honest\n',
      ],
      ['- **Kind** words help\n- **Plain** words help', '- **Kind** words help\n- **Plain** words help'],
      ['- **Tone**: kind and plain\n', '- **Tone**: kind and plain\n'],
    ]));

  it('leaves alone the look of what shows how an answer should look', () =>
    expectAll('aggressive', [
      ...[
        'Answer in this format:\n\n- **Name**: the name\n- **Reason**: the reason',
        '## Output format\n\n- **Name**: the name\n- **Reason**: the reason',
        'Use this template:\n\n# **Title**\n\nBy **name** here.\n\n---\n\n## **Body** ##\n\n- **A**: b\n- **C**: d',
        '<example>\n- **Name**: the name\n- **Reason**: the reason\n</example>',
      ].map((text): [string, string] => [text, text]),
      [
        '## Output format\n\n- **Name**: b\n- **Reason**: d\n\n---\n\n## **Tone** ##\n\n- **First**: b\n- **Last**: d',
        '## Output format\n\n- **Name**: b\n- **Reason**: d\n\n## Tone\n\n- First: b\n- Last: d',
      ],
    ]));

  it('typography: plainer characters where they cost less, invisible ones not at all', () =>
    expectAll('safe', [
      ['Write in plain\u200b words.', 'Write in plain words.'],
      ['Say what\u202fyou see.', 'Say what you see.'],
      ['A family 👨‍👩‍👧 is one sign.', 'A family 👨‍👩‍👧 is one sign.'],
    ]));

  it('filler: wordy phrases, with capitals kept; not where the short form means something else', () =>
    expectAll('safe', [
      ['In order to help, read the letter.', 'To help, read the letter.'],
      ['It is important to note that the customer pays.', 'The customer pays.'],
      ['Stop due to the fact that time is short.', 'Stop because time is short.'],
      ['Bring a wide range of topics.', 'Bring many topics.'],
      ['It takes a wide range of experience.', 'It takes a wide range of experience.'],
      ['The majority of the letters are short.', 'Most of the letters are short.'],
      ['Say it in a clear way that helps.', 'Say it in a clear way that helps.'],
      ['Write "in order to" in quotes.', 'Write "in order to" in quotes.'],
      ['Do not write in order to please.', 'Do not write in order to please.'],
      ['Use `in order to` as it is.', 'Use `in order to` as it is.'],
      ['Your task is to sort letters.', 'Sort letters.'],
      ['Your task is to be kind.', 'Your task is to be kind.'],
      ['There is a large number of letters.', 'There is a large number of letters.'],
      ['A large number of letters are short.', 'Many letters are short.'],
      [
        'In cases where a letter is long, read all of the parts.',
        'When a letter is long, read all the parts.',
      ],
      ['Answer all of the above.', 'Answer all of the above.'],
      ['It is in the process of loading.', 'It is loading.'],
    ]));

  it('politeness: addressed to the model, not what it shall say', () =>
    expectAll('safe', [
      ['Please answer in English.', 'Answer in English.'],
      ['Read the text, and please answer briefly, please.', 'Read the text, and answer briefly.'],
      ['I would like you to sort letters.', 'Sort letters.'],
      ['Use words such as thank you, please and sorry.', 'Use words such as thank you, please and sorry.'],
      [
        'User: Please cancel my order.\n\nSort the letter.',
        'User: Please cancel my order.\n\nSort the letter.',
      ],
      ['Sort the letter.\n\nThank you very much for your help!', 'Sort the letter.'],
      [
        '<example>\nPlease send the boots back.\n</example>\nSort.',
        '<example>\nPlease send the boots back.\n</example>\nSort.',
      ],
    ]));

  it('repeated: word for word in one section; never an obligation, a number, or another section', () =>
    expectAll('safe', [
      [
        'Answer in short sentences. Be kind. Answer in short sentences.',
        'Answer in short sentences. Be kind.',
      ],
      [
        '- answer in short sentences\n- be kind\n- Answer in short sentences.\n',
        '- answer in short sentences\n- be kind\n',
      ],
      [
        'Answer in short sentences. Be kind. Answer in short sentences. This helps readers.',
        'Answer in short sentences. Be kind. Answer in short sentences. This helps readers.',
      ],
      [
        'You must answer in short sentences. Be kind. You must answer in short sentences.',
        'You must answer in short sentences. Be kind. You must answer in short sentences.',
      ],
      [
        '# Letters\n\nAnswer in short sentences.\n\n# Calls\n\nAnswer in short sentences.',
        '# Letters\n\nAnswer in short sentences.\n\n# Calls\n\nAnswer in short sentences.',
      ],
    ]));

  it('intensifiers and nearly-repeated: at level aggressive', () =>
    expectAll('aggressive', [
      ['Write a very short answer.', 'Write a short answer.'],
      ['It is not really short.', 'It is not really short.'],
      ['Sort it with an extremely high care.', 'Sort it with a high care.'],
      ['Write a very honest answer.', 'Write a very honest answer.'],
      ['Write a very easy answer.', 'Write an easy answer.'],
      ['Stop when the user literally says so.', 'Stop when the user literally says so.'],
      ['Read quite a few letters.', 'Read quite a few letters.'],
      [
        '# Letters\n\nSummarise every letter in plain and friendly words. Sign it.\n\n# Calls\n\nAlways be kind. In plain and friendly words, summarise every letter.',
        '# Letters\n\nSummarise every letter in plain and friendly words. Sign it.\n\n# Calls\n\nAlways be kind.',
      ],
    ]));

  it('emphasis: bold in sentences; not an obligation, capitals, a bold line, an example', () =>
    expectAll('aggressive', [
      ['Write in **plain words** to all.', 'Write in plain words to all.'],
      ['**Tone:** kind and plain.', 'Tone: kind and plain.'],
      ['You **must not** lie to **THEM**.', 'You **must not** lie to **THEM**.'],
      ['**How to answer**\n\nBriefly and kindly.', '**How to answer**\n\nBriefly and kindly.'],
      [
        '<example>\nA **good** one\n</example>\nSort `**a** b` and 2**3**4.',
        '<example>\nA **good** one\n</example>\nSort `**a** b` and 2**3**4.',
      ],
    ]));

  it('nearly-repeated: an item only within its list, and leaves one of a list that is announced', () =>
    expectAll('aggressive', [
      [
        'Each letter has:\n\n- a friendly first line with a name\n- a short and clear answer to it\n\nSo check for:\n\n- a friendly first line with a name\n- a short and clear answer to it\n',
        'Each letter has:\n\n- a friendly first line with a name\n- a short and clear answer to it\n\nSo check for:\n\n- a friendly first line with a name\n- a short and clear answer to it\n',
      ],
      [
        'Each letter has:\n\n- a friendly first line with a name\n- one friendly first line with a name\n- a short answer\n',
        'Each letter has:\n\n- a friendly first line with a name\n- a short answer\n',
      ],
    ]));

  it('glossary: defined once, and only if it pays', async () => {
    const glossary = new Map([['customer support representative', 'CSR']]);
    const often =
      'A customer support representative reads. The customer support representative writes. Then the customer support representative signs.';
    assert.equal(
      await shortened(often, 'aggressive', { glossary }),
      'A customer support representative (CSR) reads. The CSR writes. Then the CSR signs.',
    );
    const once = 'A customer support representative reads. The customer support team writes.';
    assert.equal(await shortened(once, 'aggressive', { glossary }), once);
    const taken = `${often} The word CSR is taken.`;
    assert.equal(await shortened(taken, 'aggressive', { glossary }), taken);
    const dear = new Map([['the letter', 'TLTRX']]);
    const cheap = 'Read the letter and sign the letter.';
    assert.equal(await shortened(cheap, 'aggressive', { glossary: dear }), cheap);
  });

  it('examples: what is like another one goes, two stay', () =>
    expectAll('aggressive', [
      [
        'Examples of good letters:\n\n- a short letter about lost boots\n- a short letter about lost tents\n- a note of praise for the staff\n',
        'Examples of good letters:\n\n- a short letter about lost boots\n- a note of praise for the staff\n',
      ],
      [
        '<example>a short letter about lost boots</example>\n<example>a short letter about lost tents</example>',
        '<example>a short letter about lost boots</example>\n<example>a short letter about lost tents</example>',
      ],
    ]));

  it('leaves alone what stands between touchstone:keep marks', () =>
    expectAll('aggressive', [
      [
        '<!-- touchstone:keep -->\nPlease   answer in order to help.\n<!-- /touchstone:keep -->\nPlease answer.',
        '<!-- touchstone:keep -->\nPlease   answer in order to help.\n<!-- /touchstone:keep -->\nAnswer.',
      ],
    ]));
});
