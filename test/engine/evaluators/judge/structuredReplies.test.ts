import assert from 'node:assert/strict';
import { withPlainFields } from '../../../../src/engine/evaluators/judge/plainFields.ts';
import { type Bench, startBench } from './bench.ts';

const g = (score: number, reason = 'It names the fee and stays friendly.') =>
  JSON.stringify({ reason, score });

/** Another verdict, in the notations in which tools and models write fields. */
const AGAINST = [
  'score,0',
  'score;0',
  'score\t0',
  'Score 0',
  '**Score** 0',
  '(score 0)',
  '["score", 0]',
  'Final score 0/10',
  'Verdict FAIL',
  'score,reason\n0,rude\n',
  '"score","reason"\n"0","rude, and late"\n',
  'reason;score\nrude;0\n',
  'score\treason\n0\trude',
  '| score | reason |\n|---|---|\n| 0 | rude |\n',
  'The table:\n\nscore | reason\n--- | ---\n0 | rude',
  '<verdict score="0"/>',
  "<verdict score='0' reason='rude' />",
  '<verdict score=0>',
  '<evaluation id="a" score="0.2">rude</evaluation>',
  '<score value="0"/>',
  '<field name="score" value="0"/>',
  '<score>0',
  '<score id="a">0</score>',
  '<result pass="false"/>',
  '<testcase passed="no">',
  '<judge verdict="fail"/>',
  '<tool_call>\n<function=grade>\n<parameter=score>\n0\n</parameter>\n</function>\n</tool_call>',
  '<invoke name="grade">\n<parameter name="score">0</parameter>\n</invoke>',
  '<tool_call>grade\n<arg_key>score</arg_key>\n<arg_value>0</arg_value>\n</tool_call>',
  'grade(score=0, reason="rude")',
  'Verdict(reason="rude", score = 0.0)',
  '[grade(reason="rude",score=0)]',
  '```python\ngrade(score=0)\n```',
  '"reason": "rude", "score": 0',
  "'reason': 'rude', 'score': 0",
  '<table><tr><td>Score</td><td>0</td></tr></table>',
  '<dt>Score</dt><dd>0</dd>',
  '<b>Score:</b> 0',
  '<key>score</key><integer>0</integer>',
];

/** The same verdict, verdicts of single criteria, and words that are none. */
const ALONGSIDE: [said: string, score: number][] = [
  ['score,1', 1],
  ['score,reason\n1,fine\n', 1],
  ['<verdict score="1"/>', 1],
  ['grade(score=1)', 1],
  ['criterion,score\nfee,1\ntone,0\n', 0.5],
  ['| Criterion | Score |\n|---|---|\n| fee | 1 |\n| tone | 0 |\n', 0.5],
  ['<criterion name="fee" score="1"/>\n<criterion name="tone" score="0"/>', 0.5],
  ['check(score=1)\ncheck(score=0)', 0.5],
  ['The rubric says: score=0 if the fee is missing, score=1 if it is named. It is named.', 1],
  ['The match ended 0,1, which it states.', 1],
  ['Score 0 would be unfair, since the fee is named.', 1],
  ['It first sets `score = 0`, then counts up.', 1],
];

describe('fields beside a verdict', () => {
  let bench: Bench;
  let reply = '';

  beforeEach(async () => {
    bench = await startBench(() => ({ text: reply, usage: { input: 10, output: 5 } }));
  });
  afterEach(() => bench.close());

  const ask = (text?: string) => {
    const judge = bench.judge('rubric', { criteria: 'names the fee and stays friendly' });
    return judge(text === undefined ? {} : { text });
  };

  it('are a second verdict where they say another one', async () => {
    for (const said of AGAINST) {
      reply = `${said}\n${g(1)}`;
      const score = await ask();
      assert.equal(score.status, 'error', said);
      assert.equal(score.reason, "the judge's words and its verdict are not the same", said);
      reply = `${g(1)}\n${said}`;
      assert.equal((await ask()).status, 'error', `after it: ${said}`);
    }
    reply = g(1, 'score,0');
    assert.equal((await ask()).status, 'error');
  });

  it('are none where they say the same, or something else', async () => {
    for (const [said, expected] of ALONGSIDE) {
      reply = `${said}\n${g(expected)}`;
      const score = await ask();
      assert.equal(score.status === 'scored' && score.score, expected, `${said}: ${score.reason}`);
    }
  });

  it('are none where they stand in what is judged', async () => {
    for (const code of ['<input name="score" value="0">', 'reset(score=0)']) {
      reply = `It holds ${code}, as it should.\n${g(1)}`;
      assert.equal((await ask(`Here: ${code}`)).status, 'scored', code);
      assert.equal((await ask('Nothing')).status, 'error', code);
    }
  });
});

describe('a verdict among thoughts', () => {
  it('is none, in whatever brackets they stand', async () => {
    const replies: [string, 'scored' | 'error'][] = [
      [`◁think▷It is fine.◁/think▷${g(1)}`, 'scored'],
      [`It is fine.◁/think▷${g(1)}`, 'scored'],
      [`◁think▷Maybe ${g(1)}`, 'error'],
      [`<think>a<think>b</think>${g(1)}</think>`, 'error'],
      [`${g(1)}</think>`, 'error'],
    ];
    for (const [text, status] of replies) {
      const bench = await startBench(() => ({ text }));
      const score = await bench.judge('rubric', { criteria: 'is fine' })({});
      await bench.close();
      assert.equal(score.status, status, text);
    }
  });
});

describe('words with plain fields', () => {
  const plain = (words: string, ...material: string[]) =>
    withPlainFields(words, material)
      .replaceAll(/[ \n|]+/g, ' ')
      .trim();

  it('have a line for each attribute, by the name that it gives', () => {
    assert.equal(plain('a <b c="1" d=\'2\' e=3/> f'), 'a c: 1 d: 2 e: 3 f');
    for (const name of ['name', 'KEY', 'id']) {
      assert.equal(plain(`<p ${name}="score">0</p>`), 'score: 0', name);
      assert.equal(plain(`<p ${name}="score" value="0"/>`), 'score: score: 0', name);
    }
    assert.equal(plain('<p=score>0</p>'), 'score: 0');
    assert.equal(plain('<p data-score = "0" b="" c=\'x y\' d= 2/>'), 'data-score: 0 b: c: x y d: 2');
    assert.equal(plain('<A:b.c-d e="1">f</A:b.c-d>'), 'e: 1 f');
    assert.equal(plain('<a\ne="1"/> <b/> <c> </c>'), 'e: 1');
    for (const value of ['"1\'', `"it's"`, `'the "b"'`])
      assert.equal(plain(`<p e=${value} f="2">`), 'f: 2', value);
    assert.equal(plain('<a <b e="1"> c>'), '<a e: 1 c>');
    assert.equal(plain('<score/>0'), '0');
    assert.equal(plain('<a<b e="1">c'), '<a e: 1 c');
    assert.equal(plain('<a>b e="1">'), 'b e="1">');
    const long = (length: number) => `<a e="${'x'.repeat(length - 5)}">`;
    assert.match(plain(long(300)), /^e: x+$/);
    assert.equal(plain(long(301)), long(301));
    assert.equal(plain('<p nickname="score">0</p>'), 'nickname: score 0');
    assert.equal(plain('<score value="0"/>'), 'score: 0');
    for (const tag of ['score', 'final_score', 'grade', 'rating', 'VERDICT', 'result', 'passed'])
      assert.equal(plain(`<${tag}>0</${tag}>`), `${tag}: 0`);
    assert.equal(plain('1 < 2 > 0 <3> </ a>'), '1 < 2 > 0 <3> </ a>');
    assert.equal(plain('<p x="1">', 'It is <p x="1">.'), '<p x="1">');
  });

  it('have a line for each argument and member', () => {
    assert.equal(withPlainFields('f(a=1, b="x")', []), 'f\na=1\nb="x")');
    assert.equal(withPlainFields(`["a": 1,'b' : 2]`, []), `\n"a": 1\n'b' : 2]`);
    for (const words of ['f(a: 1, b)', '(=1)', 'a=1', '("a", 1)'])
      assert.equal(withPlainFields(words, []), words);
    assert.equal(withPlainFields('f(a=1)', ['f(a=1)']), 'f(a=1)');
    assert.equal(withPlainFields('f(  ab = 12, "cd" :"x",e=\'y)', []), 'f\nab = 12\n"cd" :"x"\ne=\'y)');
    assert.equal(withPlainFields('f(a=-1,b= 2)', []), 'f\na=-1\nb= 2)');
    assert.equal(withPlainFields('f(a=12)', ['a=1']), 'f\na=12)');
    for (const words of ['("" : 1)', 'f(a=)', '(a = +1)']) assert.equal(withPlainFields(words, []), words);
  });

  it('have a line for each cell of the one row of a table', () => {
    for (const sign of [',', ';', '\t', '|'])
      assert.equal(withPlainFields(`a${sign}b\n1${sign}2`, []), `a${sign}b\na: 1\nb: 2`);
    assert.equal(withPlainFields('a|b\n:-:|--\n1|2\nc', []), 'a|b\na: 1\nb: 2\nc');
    assert.equal(withPlainFields('x\na,b\n"1,2",3', []), 'x\na,b\na: "1 2"\nb: 3');
    assert.equal(withPlainFields('a,b\n"1,2,3","4,5"', []), 'a,b\na: "1 2 3"\nb: "4 5"');
    assert.equal(withPlainFields('a,b,c\n"",",","1"', []), 'a,b,c\na: ""\nb: " "\nc: "1"');
    for (const words of ['a,b\n1,2\n3,4', 'a,b\n1', 'a,b\n1,2,3', 'a\n1', 'a,b', '---\na'])
      assert.equal(withPlainFields(words, []), words);
  });
});
