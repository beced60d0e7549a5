import assert from 'node:assert/strict';
import type { JsonObject } from '../../../../src/engine/model/json.ts';
import { type Bench, type Judged, startBench } from './bench.ts';

/** Whatever a judge of retrieved context replies: a number is a score, a pattern the reason of an error. */
type Table = { [reply: string]: number | RegExp };

describe('replies of judges of retrieved context', () => {
  const benches: Bench[] = [];
  afterEach(async () => {
    await Promise.all(benches.splice(0).map((bench) => bench.close()));
  });

  async function check(
    type: string,
    options: JsonObject,
    input: Judged,
    replies: string[],
    expected: number | RegExp,
  ): Promise<void> {
    // A judge that is asked once more says the same again.
    const bench = await startBench((_, index) => ({
      text: replies[Math.min(index, replies.length - 1)] ?? '',
    }));
    benches.push(bench);
    const score = await bench.judge(type, options)(input);
    if (typeof expected === 'number') {
      assert.equal(score.status === 'scored' ? Number(score.score.toFixed(3)) : score.reason, expected);
    } else {
      assert.equal(score.status, 'error', JSON.stringify(score));
      assert.match(score.reason, expected);
    }
  }

  describe('context-recall of four sentences', () => {
    const answer =
      'Dr. Curie was born in Warsaw. She moved to Paris in 1891. She won two Nobel Prizes. She died in 1934.';
    const golden = { input: { context: 'c' }, expected_output: { answer } };
    const lines = answer.split(/(?<=[a-z0-9]{3}\.) /);
    const said = (...tags: string[]) =>
      tags.map((tag, at) => `${at + 1}. ${lines[at]} So [${tag}]`).join('\n');
    const all = said('Attributed', 'Attributed', 'Attributed', 'Attributed');
    const half = said('Attributed', 'Not Attributed', 'Attributed', 'Not Attributed');
    const table: Table = {
      [all]: 1,
      [half]: 0.5,
      [`Here is my classification:\n${half}\nThat is all.`]: 0.5,
      [half.replace(/^\d\. /gm, '')]: 0.5,
      [half
        .replace(/^\d\. /gm, 'The claim that: ')
        .replaceAll('was born in', 'came from')
        .replaceAll('won', 'got')]: 0.5,
      [half.replaceAll('\n', ' ')]: 0.5,
      [half.replace(/^(\d\.) .*?So/gm, '$1 As I see it:')]: 0.5,
      ['[Attributed]\n- [Not Attributed]\n[Attributed]\n[attributed]']: 0.75,
      [half.replaceAll('[Attributed]', '**[Attributed]** (the context says so in line 2)')]: 0.5,
      'Sorry, I cannot say whether these sentences are [Attributed].':
        /classified 1 sentence, and the expected answer has 4/,
      ['x [Attributed]\n'.repeat(30)]: /classified 30 sentences/,
      ['1. Dr. Curie was born in Warsaw. [Attributed]']: /classified 1 sentence/,
      [`${all}\n5. She had two daughters. [Attributed]`]: /classified 5 sentences/,
      [all.replaceAll(/^\d\. .*?So/gm, 'Sorry, whatever this may mean')]:
        /classification 1 is not of sentence 1/,
      [`${lines[3]} [Attributed]\n${lines[2]} [Attributed]\n${lines[1]} [Attributed]\n${lines[0]} [Attributed]`]:
        /is not of sentence 1/,
      [`${all}\nActually, none of them is.`]: /takes its classification back/,
      [`${all}\nScore: 0`]: /takes its classification back/,
      [`${all} – wait, that is wrong.`]: /takes its classification back/,
      'All is well.': /said of no sentence/,
    };
    for (const [reply, expected] of Object.entries(table)) {
      it(`${JSON.stringify(reply).slice(0, 90)} is ${expected}`, () =>
        check('context-recall', {}, { case: golden }, [reply], expected));
    }

    it('refuses a reply about one sentence that is not about it', () =>
      check(
        'context-recall',
        { expected: 'The shop opens at nine.' },
        { case: { input: { context: 'c' } } },
        ['Sorry, I cannot say whether these sentences are [Attributed].'],
        /classification 1 is not of sentence 1/,
      ));
  });

  describe('context-relevance of five sentences', () => {
    const context =
      'Returns are free for 30 days. We ship to France. The shop is in Lyon. It opens at nine. Tea is sold out.';
    const input = { case: { input: { query: 'May I return it?', context } } };
    const chat = 'Here is what I picked.\nReturns are free for 30 days.\nHope this helps.';
    const table: Table = {
      'Returns are free for 30 days.': 0.2,
      [chat]: 0.2,
      [chat.replaceAll('\n', ' ')]: 0.2,
      '- "Returns are free for 30 days."\n- **It opens at nine.**': 0.4,
      '1. Returns are free for 30 days. 2. It opens at nine.': 0.4,
      'Returns are free for 30 days. Returns are free for 30 days.': 0.2,
      'returns are  FREE for 30 days': 0.2,
      'Returns are free': 0.2,
      [context]: 1,
      'Insufficient Information': 0,
      'I am sorry. Insufficient information.': 0,
      'Returns are free for 30 days. Insufficient Information.': /finds nothing in it/,
      'All of it is needed. Every sentence matters.': /quotes nothing/,
      is: /quotes nothing/,
      'We ship to Spain.': /quotes nothing/,
      'Returns are free for 30 days.\nActually, scratch that.': /takes its choice back/,
    };
    for (const [reply, expected] of Object.entries(table)) {
      it(`${JSON.stringify(reply).slice(0, 90)} is ${expected}`, () =>
        check('context-relevance', {}, input, [reply], expected));
    }

    it('counts a sentence that stands twice in the context once', () =>
      check(
        'context-relevance',
        {},
        { case: { input: { query: 'q', context: 'So it is. So it is. No more of it.' } } },
        ['So it is.'],
        0.333,
      ));

    it('counts words of the context that mean nothing to a judge', () =>
      check(
        'context-relevance',
        {},
        { case: { input: { query: 'q', context: '今天天气很好。\n我们去公园。' } } },
        ['我们去公园。'],
        0.5,
      ));
  });

  describe('context-faithfulness of two statements', () => {
    const input = { case: { input: { query: 'q', context: 'c' } } };
    const STATEMENTS = 'A return is free.\nIt takes 30 days.';
    const list = (words: string) => `Final verdict for each statement in order: ${words}`;
    const table: Table = {
      [list('Yes. No.')]: 0.5,
      [list('Yes. Yes.')]: 1,
      [list('no, NO')]: 0,
      [list('**Yes.** No.\nI hope this helps.')]: 0.5,
      [`1. So. Verdict: Yes.\n2. So. **Verdict:** No.\n${list('Yes. No.')}`]: 0.5,
      '1. So. Verdict: Yes.\n2. So. **Verdict:** No.': 0.5,
      [list('Yes.')]: /1 verdict on 2 statements/,
      [list('Yes. Yes. Yes.')]: /3 verdicts on 2 statements/,
      'Verdict: Yes.': /1 verdict on 2 statements/,
      'Verdict: Yes. Verdict: Yes. Verdict: Yes.': /3 verdicts on 2 statements/,
      [`1. Verdict: No.\n2. Verdict: No.\n${list('Yes. Yes.')}`]: /something else than its verdicts/,
      [`${list('No. No.')}\n${list('Yes. Yes.')}`]: /more than one list/,
      [list('Yes. Yes. Actually, I take that back.')]: /more than Yes and No/,
      [list('Yes or no. Yes.')]: /more than Yes and No/,
      [list('Yes, not really. Yes.')]: /more than Yes and No/,
      [list('maybe. Yes.')]: /more than Yes and No/,
      [list('1. Yes. 2. Yes.')]: /more than Yes and No/,
      [list('')]: /no verdict on any/,
      'I cannot tell.': /no verdict on any/,
    };
    for (const [reply, expected] of Object.entries(table)) {
      it(`${JSON.stringify(reply).slice(0, 90)} is ${expected}`, () =>
        check('context-faithfulness', {}, input, [STATEMENTS, reply], expected));
    }

    it('is asked once more when it says too little, and never when it says both', async () => {
      await check('context-faithfulness', {}, input, [STATEMENTS, 'I cannot tell.', list('Yes. No.')], 0.5);
      await check('context-faithfulness', {}, input, ['Statements:', STATEMENTS, list('Yes. No.')], 0.5);
      assert.match(benches.at(-1)?.sent(1) ?? '', /That answer cannot be read: the judge found no statement/);
      assert.equal(benches.at(-1)?.server.requests.length, 3);
      for (const doubtful of [
        'Verdict: Yes, no. Verdict: Yes.',
        list('Yes. Yes. Yes.'),
        list('maybe. Yes.'),
      ]) {
        await check('context-faithfulness', {}, input, [STATEMENTS, doubtful, list('Yes. Yes.')], /./);
        assert.equal(benches.at(-1)?.server.requests.length, 2);
      }
    });

    it('takes no heading and no farewell for a statement', async () => {
      const chat = `Here are the statements:\n\n${STATEMENTS}\nI hope this helps!`;
      await check('context-faithfulness', {}, input, [chat, list('Yes. No.')], 0.5);
      await check('context-faithfulness', {}, input, ['Statements:', 'Statements:'], /found no statement/);
    });
  });

  describe('in plain words, of two statements and of four sentences, as models write them:', () => {
    const FINAL = 'Final verdict for each statement in order: ';
    const two = { case: { input: { context: 'c', query: 'q' } }, text: 'A. B.' };
    const text =
      'Paris is the capital of France. It lies on the Seine. It has two million people. Bread is cheap.';
    const four = { case: { input: { context: text, query: 'q' } } };
    const unclear = /says both, or takes it back/;
    const faithful: Table = {
      [`${FINAL}\n1. Yes\n2. No`]: 0.5,
      [`${FINAL}Yes. Yes.<|im_end|>`]: 1,
      [`<think>${FINAL}No. No.</think>\n${FINAL}Yes. Yes.`]: 1,
      '<think>Verdict: No</think>\nVerdict: Yes\nVerdict: Yes': 1,
      'Verdict: Yes\nThe second is true, with no doubt. Verdict: No': 0.5,
      [`<think>${FINAL}Yes. Yes.`]: /nothing but reasoning/,
      [`<think>${FINAL}Yes. Yes.</think>`]: /nothing but reasoning/,
      [`${FINAL}Yes?. Yes.`]: /more than Yes and No/,
      [`${FINAL}✅ Yes. ❌ Yes.`]: /more than Yes and No/,
      'Verdict: Yes/No\nVerdict: Yes': unclear,
      'Verdict: Yes, or no\nVerdict: Yes': unclear,
      'Verdict: Yes, but actually not\nVerdict: Yes': unclear,
      'Verdict: Yes.\nVerdict: No, wait, Yes.': unclear,
      'The answer says "Verdict: Yes. Verdict: Yes."': /quotes a verdict/,
    };
    const needed: Table = {
      '<think>Paris is the capital of France. It lies on the Seine.</think>\nBread is cheap.': 0.25,
      '1. Paris is the capital of France.\n2. It lies on the Seine.\nThe others are not needed.': 0.5,
      '<think>Paris is the capital of France.': /nothing but reasoning/,
      'Not needed: Bread is cheap.\nNeeded: It lies on the Seine.': /does not pick/,
      'I would not pick "Paris is the capital of France."': /does not pick/,
      'None of the sentences is needed. Paris is the capital of France.': /does not pick/,
    };
    for (const [reply, expected] of Object.entries(faithful)) {
      it(`context-faithfulness: ${reply}`, () =>
        check('context-faithfulness', {}, two, ['A.\nB.', reply], expected));
    }
    for (const [reply, expected] of Object.entries(needed)) {
      it(`context-relevance: ${reply}`, () => check('context-relevance', {}, four, [reply], expected));
    }
  });
});
