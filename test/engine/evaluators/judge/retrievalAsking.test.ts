import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { ConfigError } from '../../../../src/engine/errors.ts';
import type { EvaluatorDeps } from '../../../../src/engine/evaluators/evaluator.ts';
import { variableOf } from '../../../../src/engine/evaluators/judge/retrieval/retrievedContext.ts';
import type { GoldenCase } from '../../../../src/engine/model/case.ts';
import type { Score } from '../../../../src/engine/model/evaluation.ts';
import { isJsonObject, type JsonObject } from '../../../../src/engine/model/json.ts';
import { emptyOutput } from '../../../../src/engine/model/output.ts';
import { ModelError } from '../../../../src/engine/models/modelClient.ts';
import type { ScriptCall } from '../../../../src/engine/processes/scripts/scriptCall.ts';
import { Rejected } from '../../../../src/engine/resilience/policy.ts';
import type { RecordedRequest, Script } from '../../../support/openaiServer.ts';
import { evaluatorOf, scriptsWith } from '../evaluating.ts';
import { type Bench, type Judged, startBench } from './bench.ts';

const TYPES = ['context-faithfulness', 'context-recall', 'context-relevance', 'answer-relevance'] as const;
const FINAL = 'Final verdict for each statement in order:';
/** Replies that give each judge a score of 1 for `CASE`. */
const REPLIES: { readonly [type in (typeof TYPES)[number]]: readonly string[] } = {
  'context-faithfulness': ['It is free.', `${FINAL} Yes.`],
  'context-recall': ['[Attributed]'],
  'context-relevance': ['Returns are free.'],
  'answer-relevance': ['east', 'east', 'east'],
};
const CASE: Judged = {
  text: 'It is free, says the shop.',
  case: {
    input: { query: 'Is it free?', context: 'Returns are free.' },
    expected_output: { answer: 'Yes, it is.' },
  },
};

/** Embeds each text as the vector that is given for it, else as `east`. */
const embedding =
  (vectors: { readonly [text: string]: readonly number[] } = {}) =>
  ({ body }: RecordedRequest): Script => {
    const data = (body['input'] as string[]).map((text, index) => ({
      index,
      embedding: vectors[text] ?? [1, 1, 1],
    }));
    return { raw: JSON.stringify({ data, usage: { prompt_tokens: 1 } }), contentType: 'application/json' };
  };

describe('judges of retrieved context', () => {
  const benches: Bench[] = [];
  afterEach(async () => {
    for (const bench of benches.splice(0)) await bench.close();
  });

  async function open(replies: readonly (string | Script)[], embed = embedding()): Promise<Bench> {
    const scripts = replies.map((reply) => (typeof reply === 'string' ? { text: reply } : reply));
    const bench = await startBench(scripts, embed);
    benches.push(bench);
    return bench;
  }

  async function judged(
    type: string,
    options: JsonObject,
    input: Judged,
    replies: readonly (string | Script)[],
  ) {
    const bench = await open(replies);
    return { score: await bench.judge(type, options)(input), bench };
  }

  const requests = (bench: Bench) =>
    bench.server.requests.filter(({ path }) => path === '/v1/chat/completions').length;
  const detailOf = (score: Score): JsonObject =>
    score.status === 'scored' && isJsonObject(score.detail) ? score.detail : {};
  const reasonOf = ({ status, reason }: Score) => `${status}: ${reason}`;

  for (const type of TYPES) {
    it(`${type} refuses templates that are not plain names, before anything is asked`, async () => {
      const bench = await open([]);
      const texts: JsonObject[] = [{ rubricPrompt: '{{ a | upper }}' }, { query: '{{ 1 + 1 }}' }];
      if (type === 'context-recall') texts[1] = { expected: '{{ 1 + 1 }}' };
      if (type === 'context-faithfulness') {
        texts[0] = { rubricPrompt: { statements: '{{ a | upper }}' } };
        texts.push({ rubricPrompt: { verdicts: '{% if a %}' } });
      }
      if (type !== 'answer-relevance')
        texts.push({ context: '{{ a | b }}' }, { context: ['a', '{{ a | b }}'] });
      for (const options of texts)
        assert.throws(() => bench.judge(type, options), ConfigError, JSON.stringify(options));
    });

    it(`${type} names its judge, and says what it found`, async () => {
      const { score } = await judged(type, {}, CASE, REPLIES[type]);
      assert.ok(score.status === 'scored', score.reason);
      assert.equal(score.score, 1);
      const { judge, ...shown } = detailOf(score);
      assert.equal(judge, 'local/judge');
      const details = {
        'context-faithfulness': { statements: ['It is free.'], verdicts: `${FINAL} Yes.` },
        'context-recall': { classification: '[Attributed]' },
        'context-relevance': { extracted: 'Returns are free.' },
      };
      if (type !== 'answer-relevance') assert.deepEqual(shown, details[type]);
      const reasons = {
        'context-faithfulness': 'the context supports 1 of 1 statements',
        'context-recall': 'the context supports 1 of 1 sentences of the expected answer',
        'context-relevance': '1 of 1 parts of the context are needed for the question',
        'answer-relevance':
          'the questions that the output answers have a mean similarity of 1.00 to the one asked',
      };
      assert.equal(score.reason, reasons[type]);
    });

    it(`${type} says which text of its own prompt is missing, and asks nothing for it`, async () => {
      const own = 'About {{ nobody }}';
      const prompt = type === 'context-faithfulness' ? { statements: own } : own;
      const { score, bench } = await judged(type, { rubricPrompt: prompt }, CASE, []);
      assert.equal(
        reasonOf(score),
        'error: the judge prompt uses {{ nobody }}, which the case does not define',
      );
      assert.equal(bench.server.requests.length, 0);
    });

    it(`${type} is an error where its judge breaks off, with what it cost`, async () => {
      const { score } = await judged(type, {}, CASE, [
        { text: 'Returns', finishReason: 'length', usage: { input: 7, output: 3 } },
      ]);
      assert.match(reasonOf(score), /^error: the judge's answer (?:was cut off|reached its token limit)/);
      assert.ok(score.status === 'error' && score.usage?.inputTokens === 7);
    });

    it(`${type} fills its own prompt with question, context, answer and expected answer`, async () => {
      const names: { readonly [name in (typeof TYPES)[number]]: string } = {
        'context-faithfulness': '{{query}}#{{question}}#{{context}}#{{answer}}#{{topic}}',
        'context-recall': '{{context}}#{{groundTruth}}#{{ground_truth}}#{{topic}}',
        'context-relevance': '{{query}}#{{question}}#{{context}}#{{topic}}',
        'answer-relevance': '{{answer}}#{{topic}}',
      };
      const asked = {
        query: 'Is it free?',
        question: 'Is it free?',
        context: 'Returns are free.',
        answer: 'It is free, says the shop.',
        groundTruth: 'Yes, it is.',
        ground_truth: 'Yes, it is.',
        topic: 'shoes',
      };
      const own = names[type];
      const options: JsonObject =
        type === 'context-faithfulness'
          ? { query: 'Is it {{ price }}?', rubricPrompt: { statements: own } }
          : { ...(type === 'context-recall' ? {} : { query: 'Is it {{ price }}?' }), rubricPrompt: own };
      const input = { context: 'Returns are free.', topic: 'shoes', price: 'free' };
      const { bench } = await judged(
        type,
        options,
        { ...CASE, case: { ...CASE.case, input } },
        REPLIES[type],
      );
      const sent = bench.sent(0);
      for (const [name, text] of Object.entries(asked)) {
        const wanted = own.includes(`{{${name}}}`);
        assert.equal(sent.includes(`name="${name}">\n${text}\n`), wanted, `${name} in ${sent}`);
      }
    });
  }

  it('context-faithfulness pays for its statements where the prompt for verdicts lacks a text', async () => {
    const options = { rubricPrompt: { verdicts: 'About {{ nobody }}' } };
    const { score } = await judged('context-faithfulness', options, CASE, [
      { text: 'It is free.', usage: { input: 7, output: 3 } },
    ]);
    assert.match(reasonOf(score), /^error: .*\{\{ nobody \}\}/);
    assert.ok(score.status === 'error' && score.usage?.inputTokens === 7);
  });

  it('context-faithfulness counts each line that states something', async () => {
    const lines = ['Hier sind sie：', 'Statements: **', 'It is free.', 'a: b', 'Hope this helps!'];
    const { score } = await judged('context-faithfulness', {}, CASE, [lines.join('\n'), `${FINAL} Yes. No.`]);
    assert.equal(score.reason, 'the context supports 1 of 2 statements');
    const many = Array.from({ length: 1000 }, (_, index) => `It is ${index}.`);
    const most = await judged('context-faithfulness', {}, CASE, [
      many.join('\n'),
      `${FINAL} ${many.map(() => 'Yes.').join(' ')}`,
    ]);
    assert.equal(most.score.reason, 'the context supports 1000 of 1000 statements');
  });

  it("context-faithfulness takes promptfoo's two texts, as texts or chats, whatever joins the statements", async () => {
    const bench = await open([]);
    const optionsOf = (rubricPrompt: JsonObject[string]) =>
      evaluatorOf({ type: 'context-faithfulness', rubricPrompt }, bench.deps).spec.options['rubricPrompt'];
    for (const join of [
      '{{statements|join("\\n")}}',
      "{{- statements  |  join('; ') -}}",
      '{{  statements | join() }}',
      '{{\nstatements\n|\njoin("")\n}}',
      '{{statements|join}}',
    ])
      assert.deepEqual(optionsOf(['a', `b ${join}, ${join}.`]), {
        statements: 'a',
        verdicts: 'b {{statements}}, {{statements}}.',
      });
    assert.deepEqual(optionsOf([{ content: 'a' }, 'b']), { statements: 'a', verdicts: 'b' });
    assert.deepEqual(optionsOf(['a']), { statements: 'a' });
    assert.deepEqual(optionsOf(['', 'b']), { verdicts: 'b' });
    assert.deepEqual(optionsOf(['a', 5]), { statements: 'a' });
    assert.deepEqual(optionsOf({ verdicts: 'b' }), { verdicts: 'b' }, 'as a suite writes it');
    const whole = { type: 'context-faithfulness', rubricPrompt: ['a'], threshold: 0.9 };
    assert.equal(evaluatorOf(whole, bench.deps).spec.options['threshold'], 0.9);
    assert.throws(() => optionsOf('one text'), /must be a map/);
    assert.throws(() => optionsOf(['a {{statements | joined("x")}}']), ConfigError);
  });

  it('context-recall takes its expected answer from the option, with variables', async () => {
    const unasked = await open([]);
    const value = evaluatorOf({ type: 'context-recall', value: 'x' }, unasked.deps).spec.options['expected'];
    assert.equal(value, 'x');
    const options = { expected: 'It is {{ price }}. So {{ price }} it is.' };
    const input = { ...CASE, case: { input: { context: 'c', price: 'free' } } };
    const { score, bench } = await judged('context-recall', options, input, ['[Attributed]\n[Attributed]']);
    assert.equal(score.reason, 'the context supports 2 of 2 sentences of the expected answer');
    assert.match(bench.sent(0), /It is free\. So free it is\./);
    const unknown = await judged('context-recall', { expected: '{{ a }} {{ b }}' }, input, []);
    assert.equal(
      reasonOf(unknown.score),
      'error: the judge prompt uses {{ a }}, which the case does not define',
    );
    const braces = { ...CASE, case: { ...CASE.case, expected_output: { answer: 'Write {{ query }}.' } } };
    const plain = await judged('context-recall', {}, braces, ['[Attributed]']);
    assert.equal(plain.score.status, 'scored', 'the answer of a case is no template');
    assert.match(plain.bench.sent(0), /Write \{\{ query \}\}\./);
  });

  it('context-recall without a context falls back to the prompt, or says what to give', async () => {
    const golden = { input: { topic: 'x' }, expected_output: { answer: 'Yes, it is.' } };
    const { score, bench } = await judged('context-recall', {}, { case: golden }, []);
    assert.match(
      reasonOf(score),
      /^error: context-recall has no context: give the case a variable "context"/,
    );
    assert.equal(bench.server.requests.length, 0);
    const raw = { output: 'o', prompt: 'Returns are free, by the prompt.' };
    const found = await judged('context-recall', {}, { case: golden, output: { raw } }, ['[Attributed]']);
    assert.equal(found.score.status, 'scored');
    assert.match(found.bench.sent(0), /by the prompt/);
  });

  it('take the question from the option, the variable, or an input without variables', async () => {
    const asked = async (options: JsonObject, input: Judged['case']) => {
      const golden = { expected_output: { answer: 'Yes.' }, ...input };
      const of = await judged(
        'context-relevance',
        { context: 'Returns are free.', ...options },
        { case: golden },
        ['Returns are free.'],
      );
      return of.score.status === 'scored' ? of.bench.sent(0) : reasonOf(of.score);
    };
    assert.match(
      await asked({ query: 'About {{ a }}?' }, { input: { a: 'shoes', query: 'no' } }),
      /About shoes\?/,
    );
    assert.match(await asked({}, { input: { query: 'By variable?', input: 'no' } }), /By variable\?/);
    assert.match(await asked({}, { input: 'By input?' }), /By input\?/);
    assert.match(
      await asked({}, { input: { a: 'b' }, messages: [{ role: 'user', content: 'By message?' }] }),
      /By message\?/,
    );
    const none = /^error: context-relevance has no question: give the case a string variable "query"/;
    for (const input of [{ query: '' }, { query: 5 }, { topic: 'x' }, ''])
      assert.match(await asked({}, { input }), none);
    assert.equal(
      await asked({ query: '{{ a }} {{ b }} {{ c }}' }, { input: { a: 'x' } }),
      'error: the query uses {{ b }}, which the case does not define',
    );
  });

  it('find no variable in a case that has none', () => {
    const output = { ...emptyOutput(), status: 'complete' as const };
    const found = (golden: Partial<GoldenCase>) =>
      variableOf({ case: { id: 'c', ...golden }, output }, 'query');
    assert.deepEqual(
      [found({}), found({ input: 'query' }), found({ input: { query: 'q' } })],
      [undefined, undefined, 'q'],
    );
  });

  it('take the context as one text or as passages, each of which holds something', async () => {
    const asked = async (context: JsonObject[string], input: JsonObject = {}) => {
      const golden = { input: { query: 'q', ...input } };
      const of = await judged('context-relevance', { context }, { case: golden }, ['We ship to France.']);
      return of.score.status === 'scored' ? of.score.reason : reasonOf(of.score);
    };
    assert.equal(
      await asked('We ship to France. It is so.'),
      '1 of 2 parts of the context are needed for the question',
    );
    assert.equal(
      await asked(['We ship to France. It is so.', 'a']),
      '1 of 2 parts of the context are needed for the question',
    );
    assert.equal(
      await asked(['We ship to France.\nIt is so.', 'a']),
      '1 of 2 parts of the context are needed for the question',
    );
    assert.equal(
      await asked(['We ship to France.']),
      '1 of 1 parts of the context are needed for the question',
    );
    assert.equal(
      await asked('{{ a }}', { a: 'We ship to France.' }),
      '1 of 1 parts of the context are needed for the question',
    );
    assert.equal(
      await asked(['{{ a }}', '{{ b }}{{ c }}'], { a: 'x' }),
      'error: the context uses {{ b }}, which the case does not define',
    );
    for (const empty of [[' ', '\n'], ['{{ a }}', 'x'], ' '])
      assert.match(await asked(empty, { a: '' }), /^error: context-relevance has no context/);

    const variable = async (context: JsonObject[string]) => {
      const of = await judged('context-relevance', {}, { case: { input: { query: 'q', context } } }, [
        'We ship.',
      ]);
      return of.score.status;
    };
    for (const none of [[], ['a', ''], [''], [' '], 5, {}]) assert.equal(await variable(none), 'error');
    assert.equal(await variable(['We ship.']), 'scored');
  });

  it('hand contextTransform the output as the target gave it, its metadata and its variables', async () => {
    const bench = await open([]);
    const seen: unknown[] = [];
    const run = async ({ args: [output, context] }: ScriptCall) => {
      seen.push({ output, context });
      return [];
    };
    const scripts = scriptsWith({ javascript: { run, close: async () => {} } });
    const judge = bench.judge('context-relevance', { contextTransform: 'x', query: 'q' }, { scripts });
    await judge({ text: 'text', case: { input: 'plain' } });
    await judge({ text: 'text', output: { json: { a: 1 }, metadata: { m: 1 } }, case: { input: ['list'] } });
    await judge({
      text: 'text',
      output: { json: { a: 1 }, raw: { output: { r: 1 } } },
      case: { input: { v: 1 } },
    });
    const context = (vars: unknown, metadata: unknown = {}) => ({ vars, prompt: {}, metadata });
    assert.deepEqual(seen, [
      { output: 'text', context: context({ input: 'plain' }) },
      { output: { a: 1 }, context: context({ input: ['list'] }, { m: 1 }) },
      { output: { r: 1 }, context: context({ v: 1 }) },
    ]);
    assert.throws(
      () => bench.judge('context-relevance', { contextTransform: 'x' }),
      (error) => error instanceof ConfigError && /--trust/.test(error.remedy ?? ''),
    );
  });

  it('run contextTransform as a script that ends with the run', async () => {
    const bench = await open([]);
    const { signal } = new AbortController();
    const seen: unknown[] = [];
    const run = async (call: ScriptCall, { signal: given }: { signal: AbortSignal }) => {
      seen.push(call.kind === 'script' && call.code, given === signal);
      return [];
    };
    const scripts = scriptsWith({ javascript: { run, close: async () => {} } });
    const golden = { case: { input: { query: 'q' }, expected_output: { answer: 'Yes.' } }, signal };
    for (const type of ['context-faithfulness', 'context-recall', 'context-relevance']) {
      await bench.judge(type, { contextTransform: 'x' }, { scripts })(golden);
      assert.deepEqual(seen.splice(0), ['x', true], type);
    }
  });

  describe('answer-relevance', () => {
    const scoreOf = async (
      vectors: { readonly [text: string]: readonly number[] },
      replies = ['a', 'b', 'c'],
    ) => {
      const bench = await open(replies, embedding(vectors));
      return { score: await bench.judge('answer-relevance', { query: 'real' })({}), bench };
    };

    it('is the mean cosine, cut to 0–1, with each question and its similarity', async () => {
      const { score } = await scoreOf({ real: [1, 0], a: [1, 0], b: [0, 1], c: [3, 4] });
      assert.ok(score.status === 'scored');
      assert.ok(Math.abs(score.score - (1 + 0 + 0.6) / 3) < 1e-12);
      assert.match(score.reason, /mean similarity of 0\.53 /);
      assert.equal(detailOf(score)['embeddings'], 'local/small');
      assert.deepEqual(detailOf(score)['questions'], [
        { text: 'a', similarity: 1 },
        { text: 'b', similarity: 0 },
        { text: 'c', similarity: 0.6 },
      ]);
      const rounded = await scoreOf({ real: [1, 1, 1], a: [1, 1, 1], b: [1, 1, 1], c: [1, 1, 1] });
      assert.ok(rounded.score.status === 'scored' && rounded.score.score === 1, 'rounding does not exceed 1');
      const away = await scoreOf({ real: [1, 0], a: [-1, 0], b: [-1, 0], c: [-1, 0] });
      assert.ok(away.score.status === 'scored' && away.score.score === 0);
    });

    it('is unknown where embeddings cannot be compared, with what they cost', async () => {
      const wrong: [string, { readonly [text: string]: readonly number[] }, RegExp][] = [
        ['another length', { real: [1, 0], b: [1, 0, 0] }, /have 2 and 3 dimensions/],
        ['no length', { real: [1, 0], a: [1, 0], b: [1, 0], c: [0, 0] }, /cannot be compared/],
        ['no real one', { real: [0, 0], a: [1, 0], b: [1, 0], c: [1, 0] }, /cannot be compared/],
        ['too large', { real: [1e200, 0], a: [1e200, 0], b: [1, 0], c: [1, 0] }, /cannot be compared/],
      ];
      for (const [what, vectors, problem] of wrong) {
        const { score } = await scoreOf({ a: [1, 0], c: [1, 0], ...vectors });
        assert.match(reasonOf(score), problem, what);
        assert.equal(score.status, 'error');
        assert.equal(score.status === 'error' && score.calls, 7, 'three questions and four embeddings');
      }
    });

    it('asks three times, each time with its number', async () => {
      const { bench } = await scoreOf({});
      assert.equal(requests(bench), 3);
      for (const index of [0, 1, 2])
        assert.match(bench.sent(index), new RegExp(`You are asked 3 times; this is time ${index + 1}\\.`));
    });

    it('asks nothing for an empty output or question, and takes the prompt for a question that is not given', async () => {
      const empty = await judged('answer-relevance', { query: 'q' }, { text: ' \n' }, []);
      assert.equal(reasonOf(empty.score), 'error: the output is empty: it answers no question');
      const blank = await judged(
        'answer-relevance',
        { query: '{{ a }}' },
        { case: { input: { a: '' } } },
        [],
      );
      assert.equal(reasonOf(blank.score), 'error: the question is empty');
      const none = await judged('answer-relevance', {}, { case: { input: { a: 'x' } } }, []);
      assert.match(reasonOf(none.score), /^error: answer-relevance has no question/);
      for (const { bench } of [empty, blank, none]) assert.equal(bench.server.requests.length, 0);

      const raw = { output: 'o', prompt: 'By the prompt?' };
      const asked = await judged('answer-relevance', {}, { case: { input: { a: 'x' } }, output: { raw } }, [
        'a',
        'b',
        'c',
      ]);
      const embedded = asked.bench.server.requests.filter(({ path }) => path === '/v1/embeddings');
      assert.match(JSON.stringify(embedded.map(({ body }) => body)), /By the prompt\?/);
    });

    it('needs a model for embeddings, and says which option names it', async () => {
      const { embeddings: _, ...deps } = (await open([])).deps;
      assert.throws(
        () => evaluatorOf({ 'answer-relevance': {} }, deps),
        (error) => error instanceof ConfigError && /or embeddings in the options/.test(error.remedy ?? ''),
      );
    });

    it('knows the cost of embeddings that fail only where the provider turned them away', async () => {
      const failing = async (error: Error) => {
        const bench = await open(['a', 'b', 'c']);
        const embeddings: EvaluatorDeps['embeddings'] = {
          embedder: () => ({ provider: 'p', model: 'm', embed: () => Promise.reject(error) }),
        };
        return bench.judge('answer-relevance', { query: 'real' }, { embeddings })({});
      };
      const turned = await failing(new ModelError('bad-request', 'no', { transient: false, status: 400 }));
      assert.match(reasonOf(turned), /^error: the embeddings could not be computed: no/);
      assert.ok(turned.status === 'error' && turned.costUsd !== null);
      const broken = await failing(new ModelError('network', 'gone', { transient: true }));
      assert.ok(broken.status === 'error' && broken.costUsd === null);
      await assert.rejects(
        failing(new ModelError('not-recorded', 'nothing recorded', { transient: false })),
        /nothing recorded/,
      );
      const refused = new Rejected('bulkhead', 'too many calls wait already');
      const decision = { kind: 'rejected', by: 'bulkhead', until: undefined } as const;
      await assert.rejects(
        failing(new ModelError('rejected', refused.message, { decision, cause: refused })),
        /too many calls wait already/,
        'nothing was measured; the run asks again later',
      );
      await assert.rejects(failing(new TypeError('a bug')), /a bug/);
    });
  });
});
