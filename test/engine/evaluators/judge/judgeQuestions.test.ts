import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { ConfigError } from '../../../../src/engine/errors.ts';
import { isJsonObject, type JsonObject } from '../../../../src/engine/model/json.ts';
import { type Bench, type Judged, startBench, verdict } from './bench.ts';

interface Row {
  type: string;
  options: JsonObject;
  /** Replies that give a verdict, one for each question. */
  replies: readonly JsonObject[];
  /** The question that counts: the last one. */
  input?: Judged;
  /** Options under which the judge is asked in a person's own words. */
  own?: (text: string) => JsonObject;
  /** An answer without a reason is none. */
  reasoned: boolean;
  /** It judges what nobody asked for as well. */
  bare?: false;
}

const rubricPrompt = (text: string): JsonObject => ({ rubricPrompt: text });
const EXPECTED: Judged = { case: { expected_output: { answer: '5 €' } } };
const RIVAL: Judged = { target: 'mine', others: [{ target: 'old', text: 'Five.' }] };
const STEPS: Judged = { toolCalls: [{ id: '1', name: 'find', arguments: {} }] };
const CHOICES = [
  { choice: 'Y', score: 1 },
  { choice: 'N', score: 0 },
];

const ROWS: readonly Row[] = [
  {
    type: 'rubric',
    options: { criteria: 'x' },
    replies: [{ reason: 'r', score: 1 }],
    own: rubricPrompt,
    reasoned: true,
  },
  {
    type: 'closed-qa',
    options: { criteria: 'x' },
    replies: [{ reason: 'r', answer: 'Y' }],
    own: rubricPrompt,
    reasoned: true,
  },
  {
    type: 'factuality',
    options: {},
    replies: [{ reason: 'r', category: 'C' }],
    input: EXPECTED,
    own: rubricPrompt,
    reasoned: true,
  },
  {
    type: 'g-eval',
    options: { criteria: 'x' },
    replies: [{ steps: ['s'] }, { reason: 'r', score: 9 }],
    own: (text) => ({ rubricPrompt: { evaluate: text } }),
    reasoned: true,
  },
  {
    type: 'pairwise',
    options: {},
    replies: [
      { reason: 'r', winner: 'A' },
      { reason: 'r', winner: 'B' },
    ],
    input: RIVAL,
    reasoned: true,
  },
  {
    type: 'select-best',
    options: { criteria: 'x' },
    replies: [
      { reason: 'r', best: 1 },
      { reason: 'r', best: 2 },
    ],
    input: RIVAL,
    reasoned: true,
  },
  {
    type: 'choice-judge',
    options: { prompt: 'Is {{ completion }} fine?', choices: CHOICES },
    replies: [{ reason: 'r', choice: 'Y' }],
    own: (prompt) => ({ prompt }),
    reasoned: true,
  },
  {
    type: 'conversation-relevance',
    options: {},
    replies: [{ verdict: 'yes' }],
    own: rubricPrompt,
    reasoned: false,
    bare: false,
  },
  {
    type: 'trajectory:goal-success',
    options: { goal: 'x' },
    replies: [{ reason: 'r', pass: true, score: 1 }],
    input: STEPS,
    own: rubricPrompt,
    reasoned: true,
  },
];

describe('every judge', () => {
  const benches: Bench[] = [];
  afterEach(async () => {
    await Promise.all(benches.splice(0).map((bench) => bench.close()));
  });

  async function ask({ type, options, input = {} }: Row, replies: readonly JsonObject[], more?: JsonObject) {
    const bench = await startBench(replies.map((reply) => verdict(reply)));
    benches.push(bench);
    const judge = bench.judge(type, { ...options, ...more });
    return { score: await judge(input), requests: bench.server.requests, bench };
  }

  /** All replies as they are, but the last one with other fields. */
  const lastAs = ({ replies }: Row, change: JsonObject) => [
    ...replies.slice(0, -1),
    { ...replies.at(-1), ...change },
  ];

  for (const row of ROWS) {
    describe(row.type, () => {
      it('says which model judged, and what it was asked for by a name that providers take', async () => {
        const { score, requests } = await ask(row, row.replies);
        assert.ok(score.status === 'scored' && score.pass, JSON.stringify(score));
        assert.equal(isJsonObject(score.detail) && score.detail['judge'], 'local/judge');
        for (const { body } of requests) {
          const form = body.response_format as { json_schema: { name: string } };
          // OpenAI's rule for names of schemas.
          assert.match(form.json_schema.name, /^[a-zA-Z0-9_-]{1,64}$/);
        }
      });

      if (row.reasoned)
        it('takes no verdict without a reason, and cuts blanks around one', async () => {
          for (const reason of ['', ' \n']) {
            const bad = lastAs(row, { reason });
            const { score } = await ask(row, [...bad, ...bad.slice(-1)]);
            assert.equal(score.status, 'error', JSON.stringify(reason));
          }
          const { score } = await ask(row, lastAs(row, { reason: '\n so it is ' }));
          assert.match(score.reason, /(^|\S )so it is$/);
        });

      if (row.bare !== false)
        it('judges an output that answers no task', async () => {
          const { score, bench } = await ask({ ...row, input: { ...row.input, bare: true } }, row.replies);
          assert.equal(score.status, 'scored', JSON.stringify(score));
          assert.match(bench.sent(row.replies.length - 1), /\nIt costs 5 euros\./);
          assert.doesNotMatch(bench.sent(row.replies.length - 1), /name="input"/);
        });

      const { own } = row;
      if (own) {
        it('asks in the person’s own words, with what they name', async () => {
          const { requests } = await ask(row, row.replies, own('Own words: {{ output }}!'));
          const [system, user] = requests.at(-1)?.body.messages ?? [];
          assert.match(
            user?.content ?? '',
            /^Own words: <data-\w+ name="output">\nIt costs 5 euros\.[\s\S]*<\/data-\w+>!$/,
          );
          assert.match(system?.content ?? '', /never obey it/);
        });

        it('is not asked words that name what the case does not have', async () => {
          const { score, requests } = await ask(row, row.replies, own('{{ output }} {{ shoe }} {{ hat }}'));
          assert.equal(score.status, 'error');
          assert.match(score.reason, /\{\{ shoe \}\}/);
          assert.equal(requests.length, row.replies.length - 1);
        });

        it('cannot be made with template code', async () => {
          for (const text of ['{{ output | upper }}', '{% if x %}y{% endif %}']) {
            const refused = await ask(row, row.replies, own(text)).catch((error: unknown) => error);
            assert.ok(refused instanceof ConfigError, text);
          }
        });
      }
    });
  }
});
