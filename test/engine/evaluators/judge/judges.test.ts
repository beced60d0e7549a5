import assert from 'node:assert/strict';
import { z } from 'zod';
import { ConfigError } from '../../../../src/engine/errors.ts';
import { judgeDefinitions } from '../../../../src/engine/evaluators/judge/judgeDefinitions.ts';
import { parseAssertion } from '../../../../src/engine/evaluators/specs/specs.ts';
import type { JsonObject } from '../../../../src/engine/model/json.ts';
import type { Script } from '../../../support/openaiServer.ts';
import { type Bench, type Judged, startBench, verdict } from './bench.ts';

const LOCATION = { path: 'touchstone.yaml', line: 4, column: 7 };

describe('the judges', () => {
  const benches: Bench[] = [];
  afterEach(async () => {
    await Promise.all(benches.splice(0).map((bench) => bench.close()));
  });

  async function bench(...args: Parameters<typeof startBench>): Promise<Bench> {
    const started = await startBench(...args);
    benches.push(started);
    return started;
  }

  async function score(type: string, options: JsonObject, script: Script[], input: Judged = {}) {
    const judged = await bench(script);
    return { ...(await judged.judge(type, options)(input)), bench: judged };
  }

  describe('rubric', () => {
    const grade = (value: number, more: JsonObject = {}) => [
      verdict({ reason: 'so so', score: value, ...more }),
    ];

    it('passes from 0.5, from its threshold, or from the min_accuracy of the case', async () => {
      const criteria = 'is polite';
      const strict = { case: { evaluation_criteria: { min_accuracy: 0.9 } } };
      const passes = async (options: JsonObject, value: number, input: Judged = {}) => {
        const result = await score('rubric', options, grade(value), input);
        return result.status === 'scored' && result.pass;
      };
      assert.equal(await passes({ criteria }, 0.5), true);
      assert.equal(await passes({ criteria }, 0.49), false);
      assert.equal(await passes({ criteria, threshold: 0.3 }, 0.49), true);
      assert.equal(await passes({ criteria }, 0.89, strict), false);
      assert.equal(await passes({ criteria, threshold: 0.3 }, 0.89, strict), true);
    });

    it('does not pass when a judge with a form of its own says so', async () => {
      const result = await score('rubric', { criteria: 'x' }, grade(0.9, { pass: false }));
      assert(result.status === 'scored');
      assert.deepEqual([result.pass, result.score], [false, 0.9]);
    });

    for (const [reply, verdictOf] of [
      [{ score: 2 }, 'error'],
      [{ score: 1.01 }, 'error'],
      [{ score: -0.01 }, 'error'],
      [{ score: 1, pass: true }, true],
      [{ score: 0, pass: true }, 'error'],
      [{ score: 0.2, pass: true }, false],
      [{ score: 1, pass: false }, 'error'],
      [{ score: 0, pass: false }, false],
      [{ score: 0.9, pass: false }, false],
    ] as const)
      it(`takes ${JSON.stringify(reply)} for ${verdictOf}`, async () => {
        const result = await score('rubric', { criteria: 'x' }, [verdict({ reason: 'r', ...reply })]);
        assert.equal(result.status === 'scored' ? result.pass : result.status, verdictOf);
      });

    it('gives its criteria to a prompt of a person’s own by either name', async () => {
      const judged = await bench(grade(1));
      const rubricPrompt = '{{ rubric }} / {{ criteria }} / {{ output }}';
      await judged.judge('rubric', { criteria: 'is polite', rubricPrompt })({});
      assert.match(judged.sent(0), /\[user\]\nis polite \/ is polite \/ </);
    });

    it('shows tool calls to the judge', async () => {
      const judged = await bench(grade(1));
      await judged.judge('rubric', { criteria: 'x' })({
        text: '',
        toolCalls: [{ id: 'k', name: 'refund', arguments: { order: 7 } }],
      });
      assert.match(
        judged.sent(0),
        /name="output">\nTool calls: \[\s*\{\s*"name": "refund",\s*"arguments": \{\s*"order": 7/,
      );
    });

    it('is an error when its text names what the case does not have', async () => {
      const result = await score('rubric', { criteria: 'mentions {{ product }}' }, []);
      assert.equal(result.status, 'error');
      assert.match(result.reason, /\{\{ product \}\}/);
      assert.equal(result.bench.server.requests.length, 0);
    });
  });

  describe('closed-qa', () => {
    for (const [answer, value] of [
      ['Y', 1],
      ['N', 0],
    ] as const) {
      it(`scores ${value} for ${answer}`, async () => {
        const result = await score('closed-qa', { criteria: 'names the price' }, [
          verdict({ reason: 'see', answer }),
        ]);
        assert(result.status === 'scored');
        assert.deepEqual([result.score, result.pass, result.reason], [value, value === 1, 'see']);
        assert.match(
          result.bench.sent(0),
          /What does it cost\?[\s\S]*It costs 5 euros\.[\s\S]*names the price/,
        );
      });
    }

    it('takes nothing but Y or N', async () => {
      const maybe = verdict({ reason: 'see', answer: 'maybe' });
      assert.equal((await score('closed-qa', { criteria: 'x' }, [maybe, maybe])).status, 'error');
    });
  });

  describe('factuality', () => {
    const golden = { case: { expected_output: { answer: 'It costs 5 €.' } } };
    const expected: [string, JsonObject, number, boolean][] = [
      ['A', {}, 1, true],
      ['B', {}, 1, true],
      ['C', {}, 1, true],
      ['D', {}, 0, false],
      ['E', {}, 1, true],
      ['A', { scores: { subset: 0.4 } }, 0.4, true],
      ['A', { scores: { subset: 0.4 }, threshold: 0.5 }, 0.4, false],
      ['B', { scores: { superset: 0 } }, 0, false],
    ];
    for (const [category, options, value, pass] of expected) {
      it(`scores ${value} for ${category} with ${JSON.stringify(options)}`, async () => {
        const result = await score('factuality', options, [verdict({ reason: 'r', category })], golden);
        assert(result.status === 'scored');
        assert.deepEqual([result.score, result.pass], [value, pass]);
        assert.deepEqual(result.detail, { judge: 'local/judge', category });
      });
    }

    it('compares with the answer of its options, with the variables of the case in it', async () => {
      const judged = await bench([verdict({ reason: 'r', category: 'C' })]);
      await judged.judge('factuality', { expected: 'It costs {{ price }}.' })({
        case: { input: { price: '7 €' } },
      });
      assert.match(judged.sent(0), /name="ideal">\nIt costs 7 €\.\n/);
    });

    it('shows that answer by each of its names, and the case’s own to a prompt that says ideal', async () => {
      const judged = await bench(() => verdict({ reason: 'r', category: 'C' }));
      const shown = async (options: JsonObject, input: Judged) => {
        const rubricPrompt = '{{ expected }} {{ ideal }} {{ reference }}';
        await judged.judge('factuality', { ...options, rubricPrompt })(input);
        const text = judged.server.requests.at(-1)?.body.messages[1]?.content ?? '';
        return [...text.matchAll(/name="(\w+)">\n(.*)\n/g)].map(([, name, value]) => [name, value]);
      };
      assert.deepEqual(await shown({ expected: '7 €' }, golden), [
        ['expected', '7 €'],
        ['ideal', '7 €'],
        ['reference', '7 €'],
      ]);
      const variable = { case: { ...golden.case, input: { ideal: 'a variable' } } };
      assert.deepEqual((await shown({}, variable))[1], ['ideal', 'It costs 5 €.']);
    });

    it('is an error when the answer of its options names what the case does not have', async () => {
      const result = await score('factuality', { expected: '{{ shoe }} and {{ hat }}' }, [], golden);
      assert.equal(result.status, 'error');
      assert.match(result.reason, /\{\{ shoe \}\}/);
    });

    it('is skipped without an expected answer', async () => {
      const result = await score('factuality', {}, []);
      assert.equal(result.status, 'skipped');
    });
  });

  describe('g-eval', () => {
    const steps = (...all: string[]) => verdict({ steps: all });
    const grade = (value: number) => verdict({ reason: `${value} points`, score: value });

    it('works out the steps once for the suite, and scores each output of ten', async () => {
      const judged = await bench([steps('Read it.', 'Grade it.'), grade(8), grade(6)]);
      const judge = judged.judge('g-eval', { criteria: 'clear' });
      const first = await judge({});
      const second = await judge({});
      assert(first.status === 'scored' && second.status === 'scored');
      assert.deepEqual([first.score, first.pass, first.reason], [0.8, true, '8 points']);
      assert.deepEqual([second.score, second.pass], [0.6, false]);
      assert.equal(first.costUsd, 0.00024, 'the first one pays for the steps');
      assert.equal(second.costUsd, 0.00012);
      assert.match(judged.sent(1), /- Read it\.\n- Grade it\./);
      assert.equal(judged.server.requests.length, 3);
    });

    for (const [value, share] of [
      [0, 0],
      [0.5, 0.05],
      [10, 1],
      [-1, undefined],
      [11, undefined],
    ] as const) {
      it(`${share === undefined ? 'takes no' : 'reads a'} score of ${value}`, async () => {
        const result = await score('g-eval', { criteria: 'clear' }, [steps('Read it.'), grade(value)]);
        assert.equal(result.status === 'scored' ? result.score : undefined, share);
      });
    }

    it('takes words that say the score of ten for what they are', async () => {
      const text = 'Score: 8/10\n{"reason": "clear", "score": 8}';
      const result = await score('g-eval', { criteria: 'clear' }, [steps('Read it.'), { text }]);
      assert.equal(result.status === 'scored' && result.score, 0.8, result.reason);
    });

    it('takes no steps that say nothing', async () => {
      for (const none of [[], [''], [' ']]) {
        const script = [steps(...none), steps(...none), grade(8)];
        const result = await score('g-eval', { criteria: 'clear' }, script);
        assert.equal(result.status, 'error');
      }
    });

    it('says nothing of a task that the case does not have', async () => {
      const ask = async (input: Judged) => {
        const judged = await bench([steps('Read it.'), grade(8)]);
        const options = { criteria: 'clear', rubricPrompt: { steps: 'Steps for {{ criteria }}!' } };
        await judged.judge('g-eval', options)(input);
        return judged;
      };
      assert.match((await ask({})).sent(1), /The task:\n<data-\w+ name="input">\nWhat does it cost\?/);
      const judged = await ask({ bare: true });
      assert.equal(judged.server.requests.length, 2);
      assert.doesNotMatch(judged.sent(1), /The task/);
      assert.match(judged.sent(0), /\[user\]\nSteps for clear!$/);
    });

    it('tells a prompt of a person’s own the full score', async () => {
      const judged = await bench([steps('Read it.'), grade(8)]);
      const rubricPrompt = { evaluate: '{{ output }}: {{ steps }}, up to {{ maxScore }}' };
      await judged.judge('g-eval', { criteria: 'clear', rubricPrompt })({});
      assert.match(judged.sent(1), /: - Read it\., up to 10$/);
    });

    it('knows what was paid before a criterion named what the case does not have', async () => {
      const criteria = ['clear', 'names {{ shoe }}'];
      const script = [steps('Read it.'), grade(8), steps('Look for it.')];
      const result = await score('g-eval', { criteria }, script);
      assert(result.status === 'error');
      assert.match(result.reason, /\{\{ shoe \}\}/);
      assert.deepEqual([result.calls, result.costUsd], [3, 0.00036]);
    });

    it('is an error when the request for steps names what it cannot have', async () => {
      const rubricPrompt = { steps: '{{ criteria }} of {{ shoe }}' };
      const result = await score('g-eval', { criteria: 'clear', rubricPrompt }, []);
      assert.equal(result.status, 'error');
      assert.match(result.reason, /\{\{ shoe \}\}/);
      assert.equal(result.bench.server.requests.length, 0);
    });

    it('cannot be made with template code in any of its texts', async () => {
      const judged = await bench([]);
      for (const options of [
        { criteria: ['fine', '{{ a | b }}'] },
        { criteria: 'fine', rubricPrompt: { steps: '{% if a %}' } },
        { criteria: 'fine', rubricPrompt: { evaluate: '{{ a | b }}' } },
      ])
        assert.throws(() => judged.judge('g-eval', options), ConfigError);
    });

    it('asks nothing more for one that was cancelled while it waited for the steps', async () => {
      const judged = await bench([{ hang: true }, steps('Read it.'), grade(9)]);
      const judge = judged.judge('g-eval', { criteria: 'clear' });
      const [first, second] = [new AbortController(), new AbortController()];
      const asking = judge({ signal: first.signal });
      await judged.server.received(1);
      const waiting = judge({ signal: second.signal });
      second.abort(new Error('not needed'));
      first.abort(new Error('stop'));
      await assert.rejects(asking, /stop/);
      await assert.rejects(waiting, /not needed/);
      assert.equal(judged.server.requests.length, 1);
    });

    it('asks for the steps once even when many outputs wait for them', async () => {
      const judged = await bench((request) =>
        JSON.stringify(request.body.response_format).includes('"steps"') ? steps('Read it.') : grade(7),
      );
      const judge = judged.judge('g-eval', { criteria: 'clear' });
      const scores = await Promise.all(Array.from({ length: 5 }, () => judge({})));
      assert(scores.every((one) => one.status === 'scored' && one.pass));
      assert.equal(judged.server.requests.length, 6);
    });

    it('asks again for steps that failed', async () => {
      const judged = await bench([{ status: 403 }, steps('Read it.'), grade(10)]);
      const judge = judged.judge('g-eval', { criteria: 'clear' });
      assert.equal((await judge({})).status, 'error');
      assert.equal((await judge({})).status, 'scored');
    });

    it('does not fail others when the one that asks for the steps is cancelled', async () => {
      const judged = await bench([{ hang: true }, steps('Read it.'), grade(9)]);
      const judge = judged.judge('g-eval', { criteria: 'clear' });
      const caller = new AbortController();
      const cancelled = judge({ signal: caller.signal });
      await judged.server.received(1);
      const waiting = judge({});
      caller.abort(new Error('stop'));
      await assert.rejects(cancelled, /stop/);
      assert.equal((await waiting).status, 'scored');
    });

    it('takes the mean over several criteria, and fails with the first that fails', async () => {
      const good = await score('g-eval', { criteria: ['a', 'b'] }, [
        steps('s'),
        grade(4),
        steps('s'),
        grade(10),
      ]);
      assert(good.status === 'scored');
      assert.equal(good.score, 0.7);
      assert.equal(good.pass, true);
      assert.equal(good.reason, '4 points\n10 points');
      const bad = await score('g-eval', { criteria: ['a', 'b'] }, [
        steps('s'),
        grade(10),
        steps('s'),
        grade(11),
      ]);
      assert.equal(bad.status, 'error');
      assert.match(bad.reason, /11 is not between 0 and 10/);
    });
  });

  describe('pairwise', () => {
    const choice = (winner: string) => verdict({ reason: `${winner} it is`, winner });
    const others = [{ target: 'old', text: 'Five.' }];
    type Winner = 'A' | 'B' | 'tie';
    const table: [Winner, Winner, number, string][] = [
      ['A', 'B', 1, 'win'],
      ['B', 'A', 0, 'loss'],
      ['tie', 'tie', 0.5, 'tie'],
      ['A', 'A', 0.5, 'tie'],
      ['B', 'B', 0.5, 'tie'],
      ['A', 'tie', 0.5, 'tie'],
    ];
    for (const [first, second, value, outcome] of table) {
      it(`is a ${outcome} for ${first}, then ${second} with the answers swapped`, async () => {
        const result = await score('pairwise', {}, [choice(first), choice(second)], { others });
        assert(result.status === 'scored');
        assert.equal(result.score, value);
        assert.equal(result.pass, value >= 0.5);
        const said = { A: ['win', 'loss'], B: ['loss', 'win'], tie: ['tie', 'tie'] } as const;
        assert.deepEqual(result.detail, {
          judge: 'local/judge',
          opponent: 'old',
          outcome,
          orders: [said[first][0], said[second][1]],
        });
        const head = said[first][0] === said[second][1] ? outcome : 'tie, because the two orders disagree';
        assert.equal(
          result.reason,
          `${head}; first: ${first} it is; second, with the answers swapped: ${second} it is`,
        );
        assert.match(result.bench.sent(0), /The task:\n<data-\w+ name="input">\nWhat does it cost\?/);
        assert.match(result.bench.sent(0), /answer_a">\nIt costs 5 euros\.[\s\S]*answer_b">\nFive\./);
        assert.match(result.bench.sent(1), /answer_a">\nFive\.[\s\S]*answer_b">\nIt costs 5 euros\./);
        assert.equal(result.costUsd, 0.00024);
      });
    }

    it('compares with the expected answer where there is no other target, or where told to', async () => {
      const golden = { expected_output: { answer: '5 €' } };
      const alone = await score('pairwise', {}, [choice('A'), choice('B')], { case: golden });
      assert.match(alone.bench.sent(0), /answer_b">\n5 €/);
      const told = await score('pairwise', { against: 'expected' }, [choice('A'), choice('B')], {
        case: golden,
        others,
      });
      assert.match(told.bench.sent(0), /answer_b">\n5 €/);
      assert(told.status === 'scored');
      assert.equal((told.detail as JsonObject)['opponent'], 'expected');
      for (const rivals of [[], [...others, { target: 'older', text: '5' }]]) {
        const input = { case: golden, others: rivals };
        const found = await score('pairwise', { against: 'expected' }, [choice('A'), choice('B')], input);
        assert.match(found.bench.sent(0), /answer_b">\n5 €/);
      }
    });

    it('compares with the target that is named, of several', async () => {
      const more = [...others, { target: 'older', text: 'Six.' }];
      const result = await score('pairwise', { against: 'older' }, [choice('A'), choice('B')], {
        others: more,
      });
      assert(result.status === 'scored');
      assert.match(result.bench.sent(0), /answer_b">\nSix\./);
      assert.equal((result.detail as JsonObject)['opponent'], 'older');
    });

    it('passes a tie, or from its threshold', async () => {
      for (const [threshold, pass] of [
        [undefined, true],
        [0.5, true],
        [0.6, false],
      ] as const) {
        const options = threshold === undefined ? {} : { threshold };
        const result = await score('pairwise', options, [choice('tie'), choice('tie')], { others });
        assert.equal(result.status === 'scored' && result.pass, pass);
      }
      const lost = await score('pairwise', { threshold: 0 }, [choice('B'), choice('A')], { others });
      assert.equal(lost.status === 'scored' && lost.pass, true);
    });

    it('is an error when the only other target has no whole output, whatever was expected', async () => {
      const golden = { expected_output: { answer: '5 €' } };
      const result = await score('pairwise', {}, [], { others: [], case: golden });
      assert.equal(result.status, 'error');
      assert.match(result.reason, /no other target returned a complete output/);
    });

    it('is an error when its criteria name what the case does not have, or are no plain text', async () => {
      const result = await score('pairwise', { criteria: 'better {{ shoe }}' }, [], { others });
      assert.equal(result.status, 'error');
      assert.match(result.reason, /\{\{ shoe \}\}/);
      assert.equal(result.bench.server.requests.length, 0);
      const judged = await bench([]);
      assert.throws(() => judged.judge('pairwise', { criteria: '{% if x %}' }), ConfigError);
    });

    it('is an error when the judge fails in the first order, which is not asked again', async () => {
      const result = await score('pairwise', {}, [{ refusal: 'no' }], { others });
      assert.equal(result.status, 'error');
      assert.match(result.reason, /refused/);
      assert.equal(result.bench.server.requests.length, 1);
    });

    it('is skipped with nothing to compare with', async () => {
      assert.equal((await score('pairwise', {}, [])).status, 'skipped');
    });

    it('is an error when the named opponent has no output, or nobody is named among several', async () => {
      const missing = await score('pairwise', { against: 'new' }, [], { others });
      assert.equal(missing.status, 'error');
      assert.match(missing.reason, /"new"/);
      const several = await score('pairwise', {}, [], {
        others: [...others, { target: 'older', text: '5' }],
        case: { expected_output: { answer: '5 €' } },
      });
      assert.equal(several.status, 'error');
      assert.match(several.reason, /several other targets/);
    });

    it('is an error, never a tie, when one of the orders fails', async () => {
      const result = await score('pairwise', {}, [choice('A'), { refusal: 'no' }], { others });
      assert.equal(result.status, 'error');
    });
  });

  describe('choice-judge', () => {
    const options = {
      prompt: 'Q: {{input}} A: {{completion}} E: {{expected}}. Answer good or bad.',
      system: 'You grade.',
      choices: [
        { choice: 'good', score: 1 },
        { choice: 'bad', score: 0 },
        { choice: 3, score: 0.25 },
      ],
    };
    const golden = { case: { expected_output: { answer: '5 €' } } };

    for (const [choice, value, pass] of [
      ['good', 1, true],
      ['bad', 0, false],
      ['3', 0.25, true],
    ] as const) {
      it(`scores ${value} for “${choice}”`, async () => {
        const result = await score('choice-judge', options, [verdict({ reason: 'r', choice })], golden);
        assert(result.status === 'scored');
        assert.deepEqual([result.score, result.pass], [value, pass]);
      });
    }

    it('sends the question filled in, after its system text', async () => {
      const result = await score('choice-judge', options, [verdict({ reason: 'r', choice: 'good' })], golden);
      const messages = result.bench.server.requests[0]?.body.messages ?? [];
      assert.equal(messages[1]?.content, 'You grade.');
      const plain = messages[2]?.content.replace(/<\/?data-[^>]*>/g, '|').replace(/\n/g, '');
      assert.equal(plain, 'Q: |What does it cost?| A: |It costs 5 euros.| E: |5 €|. Answer good or bad.');
    });

    it('tells the judge all choices, and says which it was', async () => {
      const result = await score('choice-judge', options, [verdict({ reason: 'r', choice: '3' })], golden);
      assert(result.status === 'scored');
      assert.deepEqual(result.detail, { judge: 'local/judge', choice: '3' });
      assert.match(result.bench.sent(0), /"choice": one of "good", "bad", "3"/);
    });

    it('takes none but its choices', async () => {
      const fair = verdict({ reason: 'r', choice: 'fair' });
      assert.equal((await score('choice-judge', options, [fair, fair], golden)).status, 'error');
    });

    it('cannot be made with the same choice twice', async () => {
      const judged = await bench([]);
      const choices = [
        { choice: '1', score: 0 },
        { choice: 1, score: 1 },
      ];
      assert.throws(
        () => judged.judge('choice-judge', { prompt: 'x', choices }, {}, LOCATION),
        (error) =>
          error instanceof ConfigError &&
          /touchstone\.yaml:4:7[\s\S]*each choice different/.test(error.describe()),
      );
      assert.throws(() => judged.judge('choice-judge', { ...options, system: '{% if x %}' }), ConfigError);
    });
  });

  describe('configuration', () => {
    it('needs a model, and says where to name it', async () => {
      const judged = await bench([]);
      assert.throws(
        () => judged.judge('rubric', { criteria: 'x' }, { judgeModel: undefined }),
        (error) => error instanceof ConfigError && /judge: provider\/model/.test(error.describe()),
      );
      assert.throws(
        () =>
          judged.judge(
            'rubric',
            { criteria: 'x' },
            { judgeModel: undefined, judgeHint: 'Name one.' },
            LOCATION,
          ),
        (error) => {
          assert(error instanceof ConfigError);
          assert.match(error.describe(), /touchstone\.yaml:4:7/);
          assert.equal(error.remedy, 'Name one.');
          return true;
        },
      );
      assert.throws(() => judged.judge('rubric', { criteria: 'x', model: 'nobody/m' }), /nobody/);
    });

    it('refuses template code in its texts', async () => {
      const judged = await bench([]);
      for (const criteria of ['{{ output | upper }}', '{{ 1 + 1 }}', '{% if x %}y{% endif %}']) {
        assert.throws(() => judged.judge('rubric', { criteria }), ConfigError, criteria);
      }
    });

    it('understands promptfoo’s assertions', async () => {
      const judged = await bench([verdict({ reason: 'r', score: 0.75 })]);
      const location = { path: 'promptfooconfig.yaml', line: 3, column: 5 };
      const spec = parseAssertion(
        {
          type: 'llm-rubric',
          value: 'is polite',
          threshold: 0.8,
          provider: { id: 'local:chat:other-judge' },
          rubricPrompt: '[{"role": "user", "content": "{{output}} / {{rubric}}"}]',
        },
        location,
      );
      assert.equal(spec.type, 'rubric');
      const result = await judged.judge(spec.type, spec.options)({});
      assert(result.status === 'scored');
      assert.equal(result.pass, false);
      const body = judged.server.requests[0]?.body;
      assert.equal(body?.model, 'other-judge');
      assert.match(body?.messages[1]?.content ?? '', /\/ is polite$/);
      const others = {
        factuality: { value: 'x' },
        'model-graded-closedqa': { value: 'x', threshold: 1 },
        'g-eval': { value: ['x', 'y'], threshold: 0.5 },
      };
      for (const [type, parts] of Object.entries(others)) parseAssertion({ type, ...parts }, location);
    });

    for (const definition of judgeDefinitions) {
      it(`describes every option of ${definition.type} for the editor`, () => {
        const schema = z.toJSONSchema(definition.options, { io: 'input', target: 'draft-7' });
        const properties = Object.entries(schema.properties ?? {});
        assert.notEqual(properties.length, 0);
        for (const [key, property] of properties) {
          assert(typeof property === 'object' && property.description, `${definition.type}: ${key}`);
        }
      });
    }
  });
});
