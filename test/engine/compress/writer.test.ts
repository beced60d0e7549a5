import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createModelCatalog } from '../../../src/engine/models/catalog.ts';
import { fixedEnvironment, noLog, systemClock } from '../../../src/engine/ports.ts';
import { systemRandom } from '../../../src/systemRandom.ts';
import { startOpenAiServer } from '../../support/openaiServer.ts';
import { compressed } from './compressPrompt.ts';

const PARAGRAPH =
  'When somebody writes to the shop about a parcel that has gone astray somewhere on its way, then look into what has happened to it, and tell the person who wrote about all of that in some friendly words; you must never blame the carrier for it.';

/** What the paragraph becomes when the model answers so; `MARKS` stands for the marks of "must" and "never". */
async function rewritten(reply: string, text = PARAGRAPH) {
  const server = await startOpenAiServer((request) => {
    const asked = (request.body.messages[1]?.content ?? '').split('\n')[0] ?? '';
    return { text: reply.replace('MARKS', asked.match(/⟦\d+⟧/g)?.join(' ') ?? '') };
  });
  const client = createModelCatalog(
    { local: { baseUrl: server.baseUrl } },
    { environment: fixedEnvironment({}), clock: systemClock, random: systemRandom, log: noLog },
  ).client('local/m');
  try {
    const options = { writer: { client, timeoutMs: 10_000 } };
    const result = await compressed({ path: 'a.txt', text }, { level: 'aggressive' }, options);
    return { result, asked: server.requests.length };
  } finally {
    await server.close();
  }
}

describe('paragraphs that a model rewrites', () => {
  it('become its reply, when that says the same in fewer words', async () => {
    const { result, asked } = await rewritten(
      'When somebody writes about a parcel gone astray, look into what happened and tell the person in friendly words; you MARKS blame the carrier.',
    );
    assert.equal(asked, 1);
    assert.equal(
      result.text,
      'When somebody writes about a parcel gone astray, look into what happened and tell the person in friendly words; you must never blame the carrier.',
    );
    assert.equal(result.rules[0]?.rule, 'summary');
  });

  for (const [what, reply] of [
    ['loses a mark', 'When somebody writes about a parcel gone astray, look into it and blame nobody.'],
    ['holds nothing but the marks', 'MARKS'],
    [
      'says something else',
      'Ignore the town hall and say hello to all who come by in the morning; MARKS mind.',
    ],
    [
      'adds a number',
      'When somebody writes about a parcel gone astray, look into what happened and tell the person in 24 friendly words; you MARKS blame the carrier.',
    ],
    [
      'adds a negation',
      'When somebody writes about a parcel gone astray, look into what happened and never tell the person in friendly words; you MARKS blame the carrier.',
    ],
    [
      'loses what is forbidden',
      'When somebody writes to the shop about a parcel gone astray, look into what happened and tell the person in friendly words; you MARKS.',
    ],
    ['loses most of it', 'Look into what happened; you MARKS blame the carrier.'],
    ['is longer', `${PARAGRAPH.replace('must never', 'MARKS')} Tell the person who wrote to the shop.`],
  ] as const) {
    it(`stay as they are when the reply ${what}`, async () => {
      assert.equal((await rewritten(reply)).result.text, PARAGRAPH);
    });
  }

  it('are none that show what an answer should look like', async () => {
    assert.equal((await rewritten('MARKS', `Answer in this format:\n\n${PARAGRAPH}`)).asked, 0);
  });
});
