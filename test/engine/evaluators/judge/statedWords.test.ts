import assert from 'node:assert/strict';
import { secondVerdict } from '../../../../src/engine/evaluators/judge/secondVerdict.ts';
import { agrees } from '../../../../src/engine/evaluators/judge/statedValue.ts';
import { contradiction, plainWords } from '../../../../src/engine/evaluators/judge/statedVerdict.ts';
import { withoutLeadingThoughts, withoutThoughts } from '../../../../src/engine/evaluators/judge/thoughts.ts';

const each = (...lines: string[]) => lines.flatMap((line) => line.split('|'));
/** Of a verdict of full score 10. */
const against = (score: number) => (words: string) => contradiction(words, { score }, 10);
const againstGood = against(10);
const againstBad = against(0);

describe('what words state', () => {
  it('is a number in any form', () => {
    const numbers = 'zero one two three four five six seven eight nine ten'.split(' ');
    for (const [value, word] of numbers.entries()) {
      assert.equal(against(value)(`Final score: ${word.toUpperCase()}`), undefined, word);
      assert.equal(against(value === 7 ? 3 : 7)(`Final score: ${word}`), 'certain', word);
    }
    for (const fine of each(
      '7|07|7.0|7,0|0.7|0,7|70|3.5/5|7/10|7 out of 10|7 of 10|7 von 10|7 sur 10|7 out of ten|70 %',
    ))
      assert.equal(against(7)(`Final score: ${fine}`), undefined, fine);
    for (const other of each(
      '8|-7|0.8|8/10|8 out of 10|4 OF five|4 of ten|8 von 10|8 sur 10|8 ** / 10|8_/10|80 %|80%',
    ))
      assert.equal(against(7)(`Final score: ${other}`), 'certain', other);
    for (const other of each('8 %|8%|8/80|8**/80|8_/80|8 / 80'))
      assert.equal(against(8)(`Final score: ${other}`), 'certain', other);
    assert.equal(against(7.25)('Final score: 7,25/10'), undefined);
    assert.equal(against(5)('Final score: 7,25/10'), 'certain');
    assert.equal(contradiction('Final score: 0.505/1', { score: 0.5 }, 1), undefined);
    assert.equal(contradiction('Final score: 0.52/1', { score: 0.5 }, 1), 'certain');
    assert.equal(against(6)('Final score: ★★★☆☆'), undefined);
    assert.equal(against(6)('Final score: ⭐⭐'), 'certain');
    assert.equal(against(6)('Final score: ★★★★☆'), 'certain');
  });

  it('is the last number of a sum', () => {
    for (const sum of each(
      '10 + 0 = 0|10.5+1,5=0|10 * 0 =0|10 × 0 = 0|10·0 = 0|10/1 = 0|(10 - 10) = 0|10.0 - 10 = 0|10,0 - 10 = 0|10/10 - 1 = 0|10 - (10) = 0',
    ))
      assert.equal(againstGood(`Final score: ${sum}`), 'certain', sum);
  });

  it('is a number with the word that belongs to it, and no count', () => {
    const words = each(
      'point|points|punkt|punkte|punkten|pts|star|stars|because|since|as|for|and|but|with|so|given',
    );
    for (const word of words) assert.equal(againstGood(`Final score: 0 ${word}`), 'certain', word);
    for (const count of each('0 issues|25 issues|0.5 issues|0,5 issues'))
      assert.equal(againstGood(`Final score: ${count}`), undefined, count);
    assert.equal(againstGood('Final score: 0\tissues'), undefined);
    assert.equal(againstGood('Final score: 0\nIssues'), 'certain');
  });

  it('is an outcome in words', () => {
    for (const good of each('pass|passed|passes|correct|excellent|met|PASS'))
      assert.equal(againstBad(`Verdict: ${good}`), 'certain', good);
    const bad = each(
      'fail|failed|fails|failure|poor|bad|incorrect|wrong|unacceptable|rejected|not met|unmet|not passed|f',
      "does not meet|did not pass|doesn't satisfy|didn’t meet",
    );
    for (const word of bad) assert.equal(againstGood(`Verdict: ${word}`), 'certain', word);
    for (const word of ['passing', 'failsafe', 'fine']) {
      assert.equal(againstBad(`Verdict: ${word}`), undefined, word);
      assert.equal(againstGood(`Verdict: ${word}`), undefined, word);
    }
  });

  it('is an answer in a word', () => {
    for (const word of each('yes|no|tie|b|c|d|e|y|n')) {
      const other = word === 'b' ? 'c' : 'b';
      assert.equal(contradiction(`Final answer: ${word}`, { answer: other }, 1), 'certain', word);
      assert.equal(contradiction(`Final answer: ${word}`, { answer: word }, 1), undefined, word);
      assert.equal(contradiction(`Final answer: ${word}ßß`, { answer: other }, 1), undefined, word);
    }
    for (const answer of ['yes', 'no', 'tie'])
      assert.equal(contradiction('Final answer: b', { answer }, 1), 'certain', answer);
    assert.equal(contradiction('Final answer: YES', { answer: 'yes' }, 1), undefined);
    assert.equal(contradiction('Final answer: b', { answer: ['a'] }, 1), undefined);
    assert.equal(contradiction('Verdict: pass', { answer: 'N' }, 1), 'certain');
    assert.equal(agrees(1, { answer: 'Y' }, 1), true);
    assert.equal(contradiction('Final answer: c.d', { answer: 'b' }, 1), undefined);
    assert.equal(contradiction('Final answer: c’est', { answer: 'b' }, 1), undefined);
    assert.equal(contradiction("Final answer: d'accord", { answer: 'b' }, 1), undefined);
  });

  it('stands behind a label', () => {
    const things = each(
      'score|grade|verdict|answer|decision|choice|category|winner|rating|result|assessment|judgment|judgement|evaluation|points',
    );
    const labels = [
      ...things.map((thing) => `It has: final ${thing}`),
      ...each('overall|total|my|right|correct|true|actual').map((word) => `It has the ${word} score`),
      ...each(
        'It has a total|Gesamtbewertung|Endnote|Gesamtpunktzahl|Endergebnis|Puntuación final|Calificación final',
      ),
      ...each(
        'Nota final|Note finale|Score final|最终得分|最终评分|最終得分|最終評分|总分|總分|最終スコア|총점',
      ),
      ...each(
        'Score|Points awarded|Points given|Points earned|Grade|Rating|Verdict|Decision|Result|得分|评分|評分',
      ),
      ...each(
        '分数|分數|スコア|Punktzahl|puntuación|It is so. Score|It is so! Score|It is so? Score|它。 Score',
      ),
      ...[...' \t>*_#|.1)-'].map((mark) => `${mark}score`),
      ...each('It is so.\nScore'),
    ];
    for (const label of labels) {
      assert.equal(againstGood(`${label}: 0`), 'certain', label);
      assert.equal(againstGood(`${label}: 10`), undefined, label);
      assert.equal(againstGood(`It is x${label}y: 0`), undefined, `within another word: ${label}`);
    }
    assert.equal(againstGood('It has the score: 0'), undefined);
    assert.equal(againstGood('Score: 0\nScore: 10'), undefined, 'of several criteria');
  });

  it('is told from its label by a sign or a verb, with marks around', () => {
    for (const sign of each(' is | WAS |:|=|：|–|—| - ').concat('|'))
      assert.equal(againstGood(`Final score${sign}0`), 'certain', sign);
    for (const mark of [...' \n*_"\'“|([【'])
      for (const words of [`Final score${mark}:0`, `Final score:${mark}0`])
        assert.equal(againstGood(words), 'certain', words);
    for (const words of ['Final score-0', 'Final score this 0', 'Final score 0 would be unfair'])
      assert.equal(againstGood(words), undefined, words);
  });

  it('stands in a tag or a box', () => {
    for (const tag of each('score|grade|rating|verdict|result|SCORE'))
      assert.equal(againstGood(plainWords(`<${tag}> 0 </${tag}>`, [])), 'certain', tag);
    for (const box of each('\\boxed{0}|\\fbox{0}|\\box{ 0}|\\boxed{\\text{0}}|\\BOXED{\\mathbf { 0 }}'))
      assert.equal(againstGood(`So ${box}.`), 'certain', box);
    assert.equal(againstBad('\\boxed{10}'), 'certain');
    assert.equal(againstBad('\\boxed{11}'), 'likely', 'it may be the answer to what was asked');
    for (const words of ['<score>10</score>', '\\boxed{10}', 'boxed{0}', '\\boxed 0'])
      assert.equal(againstGood(words), undefined, words);
  });

  it('may stand in a sentence', () => {
    const phrases = each(
      "I give it |We give it |I'd give it |I would give it |I will give it |I'll give it |I assign it |I award it |I rate it |I score it ",
      'I grade it |I give this |I give that |I give the output |I give the answer |I give the response |I give the reply |I give the text ',
      'I give it a |I give it an |I give it a final score of |I give it an overall rating of |I give it a grade of ',
      'So the score is |Thus, the score is |Hence, the score is |Therefore the score is |So my score is |So final score is ',
      'So overall score is |So rating is |So grade is |So verdict is |So answer is |So score must be |So score should be ',
    );
    for (const phrase of phrases) {
      const found = againstGood(`${phrase}0`);
      assert.equal(found, /(?:my|final|overall) score is /.test(phrase) ? 'certain' : 'likely', phrase);
      assert.equal(againstGood(`${phrase}10`), undefined, phrase);
    }
    for (const words of each(
      'So my score must be 0|So the final score must be 0|So overall score should be 0',
    ))
      assert.equal(againstGood(words), 'likely', words);
    assert.equal(againstGood('Xi give it 0'), undefined);
  });
});

describe('boxes of what is judged', () => {
  it('are left out, whatever they hold, and no others', () => {
    for (const box of each('\\boxed{a}|\\fbox{a}|\\box{}|\\boxed{\\text{0}}|\\boxed{\\text{}b}'))
      assert.equal(plainWords(`a${box}b${box}`, ['x', `It is ${box}.`]), 'a b ', box);
    assert.equal(plainWords('\\boxed{a}', ['\\boxed{b}']), '\\boxed{a}');
    assert.equal(plainWords('\\boxed{a}b}', ['\\boxed{a}']), ' b}');
    assert.equal(plainWords('\\boxed{{a}b}c}', ['\\boxed{{a}b}']), ' c}');
    for (const open of ['\\boxed{a{b}', '\\boxed{{a{b}}']) assert.equal(plainWords(open, [open]), open);
  });
});

describe('keys of a verdict', () => {
  const second = (key: string, value: string | number | boolean | object) =>
    secondVerdict(JSON.parse(JSON.stringify({ score: 1, [key]: value })), ['score'], 1);

  it('decide, may decide or name the scale by a part of their name', () => {
    const deciding = each(
      'scoring|verdict|passing|failed|grade|rating|winner|best|choice|category|answer|final|correct|revised|retracted|decision|valid',
    );
    for (const key of deciding) {
      assert.match(second(key, 'blue') ?? '', /second verdict/, key);
      assert.match(second(`MY_${key.toUpperCase()}`, 'blue') ?? '', /second verdict/, key);
    }
    const maybe = each(
      'meet|meets|met|is_met|approved|accepted|result|outcome|status|success|satisfied|comply|complies|compliant|LABEL',
    );
    for (const key of maybe) {
      assert.match(second(key, false) ?? '', /second verdict/, key);
      assert.equal(second(key, 'blue'), undefined, key);
    }
    for (const key of ['helmet', 'metal', 'complicated', 'colour'])
      assert.equal(second(key, false), undefined, key);
  });

  it('name the scale', () => {
    const scales = each(
      'max|maximum|max_score|maxscore|max_points|max_point|max_value|out_of|outof|scale|score_range|scorescale|total_points',
      'totalpoints|POSSIBLE',
    );
    for (const key of scales) assert.match(second(key, 10) ?? '', /another scale/, key);
    for (const key of ['maxim', 'timescale', 'scales', 'impossible', 'climax'])
      assert.doesNotMatch(second(key, 10) ?? '', /another scale/, key);
  });

  it('may agree with it', () => {
    assert.equal(second('final_score', 1), undefined);
    assert.equal(second('scale', [0, 5]), undefined);
    for (const fine of [{ max_score: 10 }, { scale: '1-10' }, { scale: '0-5-10' }, { scale: '0 to 10.00' }])
      assert.equal(secondVerdict({ score: 5, ...fine }, ['score'], 10), undefined, JSON.stringify(fine));
  });

  it('may hold parts', () => {
    const parts = each(
      'criteria_score|subscores|score_breakdown|score_details|score_aspects|score_dimensions|scores|grades',
    );
    for (const key of parts.concat(each('ratings|answers|categories|verdicts|SUB_SCORE')))
      assert.equal(second(key, [0]), undefined, key);
    for (const key of ['scores_so', 'gradesheet'])
      assert.match(second(key, [0]) ?? '', /second verdict/, key);
    for (const whole of ['final', 'overall', 'TOTAL'])
      assert.match(second('scores', { [whole]: 0 }) ?? '', /second verdict/, whole);
  });
});

describe('tags of thoughts', () => {
  it('have these names', () => {
    const names = each('think|thinking|thought|thoughts|reasoning|reflection|scratchpad|analysis|seed:think');
    for (const name of names) assert.equal(withoutLeadingThoughts(`<${name}>a</${name}>b`), 'b', name);
    assert.equal(withoutLeadingThoughts('<idea>a</idea>b'), '<idea>a</idea>b');
  });

  it('stand one after the other, or around each other', () => {
    assert.equal(withoutLeadingThoughts('<think>a</think><think>b'), '<think>b');
    assert.deepEqual(withoutThoughts('<think>a <reasoning> b</think>c'), { words: ' c', thinking: false });
    assert.equal(withoutThoughts('a</THINK>b').words, ' b');
    const channels = '<|channel|>analysis<|message|>x\ny<|channel|>final <|constrain|>json \n<|message|>z';
    assert.equal(withoutThoughts(channels).words, 'z');
  });
});
