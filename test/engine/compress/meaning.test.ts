import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { CompressionLevel } from '../../../src/engine/compress/rule.ts';
import { compressed } from './compressPrompt.ts';

/** Texts in which every word, mark and blank says something, by the level that once took it away. */
const MEANINGFUL: { readonly [level in CompressionLevel]: readonly string[] } = {
  lossless: [
    '```json\n{\n  "$schema": "https://example.com/config.schema.json",\n  "name": "shop"\n}\n```',
    'The schema:\n\n```json\n{\n  "$schema": "https://example.com/config.schema.json",\n  "name": "shop"\n}\n```',
    'The schema:\n\n```json\n{\n  "type": "object",\n  "properties": { "a": 1 },\n  "name": "shop"\n}\n```',
    'Write this schema:\n\n```json\n{\n  "type": "object",\n  "properties": {\n    "a": { "type": "string" }\n  }\n}\n```',
    'Answer so:\n{\n  "name": "Ann",\n  "age": 3\n}',
    'Say ${X ?   \n  "a",  \n\n\n  "b" : ""}  twice.',
    'Say ${X ? "}   " : `a   b`} twice.',
    '| X |   | O |\n|   | X |   |\n| O |   |   |',
    'Join them with two spaces: A  B.',
    'usage:\n\n  url           the address\n  out           the file',
    'The output is like\nkey  value',
    '| Channel   | Share |\n| --------- | ----- |\n| [channel] | [X%]  |',
    'Give me:\n\n| Name   | Age |\n| ------ | --- |\n| Ann    | 30  |',
    'Proofread.\n\nShe went to  the old house on the hill.',
    'You have tools:\n\n```json\n{\n  "name": "example of a file",\n  "version": 1\n}\n```',
    'Fill in this template:\n\nName:  the name\n\n\n\nAge:  the age',
    'Answer so:\n\n<order>\n    <item>boots</item>\n</order>',
  ],
  safe: [
    'Ask for the purpose of the visit.',
    'Give the steps in order to the user.',
    'Keep the files in order for the audit team.',
    'List the steps in order to test them.',
    'It is important to mention that delivery may take longer.',
    'It is important to note that delivery may take longer.',
    'Evaluate the answer with reference to the gold standard.',
    'Do everything with regard to the privacy of users.',
    'You will be asked to translate texts. Wait for the first text.',
    'If the order is paid:\n\nConfirm the address with the customer. Tell them the date.\n\nIf the order is unpaid:\n\nConfirm the address with the customer. Send the invoice.',
    'Step A. Add the numbers. Show your work for this step in a table.\n\nStep B. Divide the sum. Show your work for this step in a table.',
    '1. Rule: […]\n - Use: […]\n - Gain: […]\n\n2. Rule: […]\n - Use: […]\n - Gain: […]',
    'Print the bold labels first.\n\n- **Tone**: kind\n- **Form**: short',
    'A wide range of topics is covered, and a large number of users is new.',
    'Remove the character ‑ wherever it stands in the text.',
    'Replace each ’ in don’t and the user’s with an apostrophe.',
    'Write ’ and not another mark in the user’s name.',
    'Please wait is shown while it loads.',
    'Translate into French.\n\nPlease answer the letter. In order to help, I came.',
    '## Buttons\n\n- Please wait\n- Please select a file',
    'Sort the message below.\n\nPlease read the contract.',
    'Comment on a regular basis of vectors.',
    'Paint the outside of the door and the inside of the box.',
    'Ask for the duration of the stay.',
    'Read the pages, at least in the course of a year.',
    'Mention the change in the event that caused it.',
    'First and foremost, be kind. Then be quick.',
    'Put both of the letters and answers into the folder.',
    'Keep in mind that the user is blind in every answer.',
    'Separate the parts with a line.\n\n-----\n\n# Next\n\nGo on.',
    'The majority of the letters are short, and each and every letter counts.',
  ],
  aggressive: [
    '- 5: very good\n- 4: good\n- 3: quite good\n- 2: really bad\n- 1: bad',
    'Avoid very long answers.',
    'Write a very short answer.',
    'The refund goes from the shop to the buyer after the parcel is back.\nThe refund goes from the buyer to the shop after the parcel is back.',
    'The refund goes from the shop to the buyer. The refund goes from the buyer to the shop.',
    '- Blocks: list of issues blocked by this one\n- Blocked by: list of issues this one blocks',
    '### `review`\n\nThe work is complete and ready for review by people.\n\n### `done`\n\nThe work is complete and ready for release by people.',
    '## Header\n\n**Place:** head of the page, foot of the page\n\n## Footer\n\n**Place:** head of the page, foot of the page',
    'Examples of false beliefs are:\n\n- The network is always up and it is fast\n- The network is always up and it is safe\n- The network is always up and it is free\n- Bandwidth is endless for all of us',
    'Fields in bold are mandatory.\n\n- **name** of the buyer\n- street of the buyer\n- **town** of the buyer',
    'For each error, provide:\n\n- **Cause**: what happened\n- **Fix**: what to do',
    'Print the labels of the list first.\n\n- **Tone**: kind\n- **Form**: short',
    'The part above the line is secret.\n\n# A\n\nOne.\n\n---\n\n# B\n\nTwo.',
    'Words between stars are names.\n\nCall the **green door** now.',
    'Select **save it** and **close it** now.',
    '- **books** - reviews of books\n- **films** - reviews of films',
    '**USER**: hi\n**ASSISTANT**: hello\n\n## Skills\n\n- **Tone**: kind\n- **Form**: short',
    'Join the parts with a horizontal line.\n\n# A\n\nOne.\n\n---\n\n# B\n\nTwo.',
  ],
};

const LEVELS: readonly CompressionLevel[] = ['lossless', 'safe', 'aggressive'];

describe('compression never changes what a prompt says', () => {
  for (const level of LEVELS) {
    it(`leaves alone what ${level} might take for waste, at every level`, async () => {
      for (const text of MEANINGFUL[level])
        for (const goal of LEVELS)
          assert.equal((await compressed({ path: 'a.instructions.md', text }, { level: goal })).text, text);
    });
  }

  it('leaves alone the turns of an example chat', async () => {
    const turns = [
      { role: 'system', content: 'Please answer in English.' },
      { role: 'user', content: 'Please answer in order.' },
      { role: 'assistant', content: 'In order to help, I read it.  Fine.' },
      { role: 'user', content: 'Please answer {{q}}' },
    ];
    const { text, skipped } = await compressed(
      { path: 'a.json', text: JSON.stringify(turns) },
      { level: 'safe' },
    );
    assert.deepEqual(
      JSON.parse(text).map(({ content }: { content: string }) => content),
      ['Answer in English.', turns[1]?.content, turns[2]?.content, 'Answer {{q}}'],
    );
    assert.deepEqual(
      skipped.map(({ message, reason }) => [message, reason]),
      [1, 2].map((message) => [message, 'it is part of an example']),
    );
  });

  it('writes abbreviations with the article and the number that they need, or not at all', async () => {
    const glossary = new Map([
      ['return merchandise authorisation', 'RMA'],
      ['magnetic access system host', 'MASH'],
    ]);
    const shortened = async (text: string) =>
      (await compressed({ path: 'a.txt', text }, { level: 'aggressive' }, { glossary })).text;
    assert.equal(
      await shortened(
        'A return merchandise authorisation is needed. Check the return merchandise authorisations. Send a return merchandise authorisation back. Read the return merchandise authorisation.',
      ),
      'A return merchandise authorisation (RMA) is needed. Check the RMAs. Send an RMA back. Read the RMA.',
    );
    // Nobody can tell "an MASH" from "a MASH".
    assert.equal(
      await shortened(
        'Use the magnetic access system host. A magnetic access system host is up. Stop the magnetic access system host. Start the magnetic access system host.',
      ),
      'Use the magnetic access system host (MASH). A magnetic access system host is up. Stop the MASH. Start the MASH.',
    );
    const spelled =
      'Write return merchandise authorisation in full. A return merchandise authorisation helps. The return merchandise authorisation is short.';
    assert.equal(await shortened(spelled), spelled);
  });

  it('goes to a target from the least said, and keeps the role, the task and what each heading is over', async () => {
    const tax =
      'You are a tax adviser for small shops. You speak kindly.\n\nExplain the form that the owner asks about. Give an example from a bakery. Compare it with the form of last year. Show where the number goes.\n\nClose with a short summary. Offer more help.';
    const at = async (text: string, targetTokens: number) =>
      (await compressed({ path: 'a.txt', text }, { targetTokens })).text;
    assert.equal(
      await at(tax, 34),
      'You are a tax adviser for small shops.\n\nExplain the form that the owner asks about.\n\nClose with a short summary.',
    );
    assert.equal(
      await at(tax, 1),
      'You are a tax adviser for small shops.\n\nExplain the form that the owner asks about.',
    );
    const headed = '# Role\n\nYou are kind. You are calm.\n\n# Task\n\nSort the letters. Sign the letters.';
    assert.equal(await at(headed, 1), '# Role\n\nYou are kind.\n\n# Task\n\nSort the letters.');
  });
});
