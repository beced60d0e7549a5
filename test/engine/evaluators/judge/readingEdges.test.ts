import assert from 'node:assert/strict';
import { meaningOf, RETRACTION } from '../../../../src/engine/evaluators/judge/closingWords.ts';
import { isForeign, withoutClosingMarks } from '../../../../src/engine/evaluators/judge/leadIn.ts';
import { secondVerdict } from '../../../../src/engine/evaluators/judge/secondVerdict.ts';
import { contradiction, lastLineDiffers } from '../../../../src/engine/evaluators/judge/statedVerdict.ts';
import { withoutThoughts } from '../../../../src/engine/evaluators/judge/thoughts.ts';
import { doubtAbout } from '../../../../src/engine/evaluators/judge/verdictDoubt.ts';

const each = (...lines: string[]) => lines.flatMap((line) => line.split('|'));
const against = (score: number) => (words: string) => contradiction(words, { score }, 1);

describe('words at the edge', () => {
  it('decide by the stem of a word, and by whole words', () => {
    for (const word of each(
      'scor|score|mistak|mistaken|refus|refused|declin|declined|chang|changed|revis|revised|updat|updated|apolog|apology',
      'manipul|manipulated|korrig|korrigiert|bewert|bewertet|nevermind|never mind',
    ))
      assert.equal(meaningOf(`the sky ${word}`), 'decisive', word);
    for (const word of ['notable', 'canto', 'haltung', 'updown'])
      assert.equal(meaningOf(`the ${word} sky`), 'chatter', word);
    for (const word of ['moment', 'wait', 'MISTAKE']) assert.equal(RETRACTION.test(word), true, word);
    for (const word of ['momentum', 'waiter', 'awaits']) assert.equal(RETRACTION.test(word), false, word);
  });

  it('are sentences without the signs around them', () => {
    assert.equal(meaningOf('That’s all. That’s it.'), 'nothing');
    assert.equal(meaningOf('- That’s it, I hope it’s fine -'), 'chatter');
    assert.equal(meaningOf('*(thanks)*\r\n-- done --'), 'nothing');
    assert.equal(meaningOf('x'), 'chatter');
    for (const sign of '\n\r')
      assert.equal(meaningOf(`Thanks${sign}the sky`), 'chatter', JSON.stringify(sign));
    assert.equal(meaningOf('<|a>b|>'), 'chatter');
    assert.equal(meaningOf('let me know if you need x'), 'nothing');
    assert.equal(meaningOf(`let me know if you need ${'any help '.repeat(20)}`), 'nothing');
    assert.equal(meaningOf('let me know if you need 2'), 'decisive');
    for (const mark of ['<|a▁long:mark/of.a-turn|>', '<|>', '<|x>'])
      assert.equal(meaningOf(mark), 'nothing', mark);
    for (const mark of ['<|a<b|>', '<|a b|>']) assert.equal(meaningOf(mark), 'chatter', mark);
  });

  it('lead to a verdict by the stem of a word', () => {
    const lead = (words: string) => isForeign(`Here is my result ${words} so it is:`);
    for (const word of each(
      'manipul|manipulated|jailbr|jailbreak|suppos|supposed|imagin|imagine|hypothe|hypothetical',
    ))
      assert.equal(lead(word), true, word);
    for (const words of ["n't say", "don't you ever say", 'not a b say', 'not a  say'])
      assert.equal(lead(words), true, words);
    for (const words of ['not a b c say', 'you asked for', 'was told to', 'been asked to', 'you want to'])
      assert.equal(lead(words), false, words);
    assert.equal(isForeign('Aa bb cc dd evaluat:'), false);
    assert.equal(isForeign('Aa bb cc dd evaluate:'), false);
    assert.equal(isForeign('Aa bb cc dd assess:'), false);
  });

  it('end in marks of any length', () => {
    for (const mark of [`<${'a'.repeat(60)}>`, `<|${'a'.repeat(60)}|>`, '</a>', '<a b="c">', '<|a|>'])
      assert.equal(withoutClosingMarks(`x ${mark} \n`), 'x', mark);
    for (const words of ['x my_json', 'x xjson', 'x <|']) assert.equal(withoutClosingMarks(words), words);
    assert.equal(withoutClosingMarks('x json'), 'x');
  });

  it('are thoughts up to their end', () => {
    assert.equal(withoutThoughts(' a b\n</think>c').words, ' c');
    assert.equal(withoutThoughts('</think>c').words, ' c');
    assert.equal(withoutThoughts('a◁/think▷c').words, ' c');
    const final = (between: string) => withoutThoughts(`a<|channel|>final${between}<|message|>x`);
    assert.deepEqual(final('').words, 'x');
    assert.deepEqual(final('<|message|>y').words, 'y<|message|>x');
    assert.equal(final('b'.repeat(100)).thinking, false);
    assert.equal(final('b'.repeat(101)).thinking, true);
  });
});

describe('figures at the edge', () => {
  it('differ beyond rounding alone', () => {
    assert.equal(against(0.5)('Final score: 0.5005'), 'certain');
    assert.equal(against(0.5)('Final score: 0.506/1'), 'certain');
    assert.equal(against(0.5)('Final score: 0.505/1'), undefined);
    assert.equal(against(1)('It is 4⁄5 at first.\nFinal score: 1⁄5'), 'certain');
    assert.equal(contradiction('It is −5 at first.\nFinal score: −1', { score: 1 }, 1), 'certain');
    assert.equal(against(1)('It is ٣ at first.\nFinal score: ٠'), 'certain');
  });

  it('are no verdict where their label is that of the matter', () => {
    for (const words of each(
      'Correct result: FAIL|correctAnswer: 0|true_result: 0|Right answer: ★☆☆☆☆|Actual winner: failed|True decision: poor',
    ))
      assert.equal(against(1)(words), undefined, words);
    assert.equal(against(1)('Correct score: FAIL'), 'certain');
  });

  it('are scales, where a verdict names its own', () => {
    const scale = (value: string | number) => secondVerdict({ score: 1, scale: value }, ['score'], 10);
    for (const fine of ['0-10', 'from 0 to 10.', '10', 'ten', 10, '1.5 to 10.0'])
      assert.equal(scale(fine), undefined, `${fine}`);
    for (const other of ['0-5', '5', 5, '10 or 5', '1.0 to 10.5'])
      assert.equal(scale(other), 'the judge\'s score is of another scale, by "scale"', `${other}`);
    for (const key of ['meet', 'meets', 'meets_all'])
      assert.match(secondVerdict({ score: 1, [key]: false }, ['score'], 1) ?? '', /second verdict/, key);
  });

  it('stand behind a cross however many signs lead to it', () => {
    const last = (words: string) => lastLineDiffers(words, { score: 1 }, 1);
    assert.equal(last(`${'-'.repeat(40)} ❌ rude`), true);
    assert.equal(last('rude ❌'), false);
  });
});

describe('labels and values at the edge', () => {
  const says = (words: string, score = 1, full = 1) => contradiction(words, { score }, full);
  const many = (sign: string, count: number) => sign.repeat(count);

  it('stand up to ten marks apart', () => {
    assert.equal(says(`Final score${many('*', 10)}:${many('*', 10)}0`), 'certain');
    assert.equal(says(`Final score${many('*', 11)}:0`), undefined);
    assert.equal(says(`Final score:${many('*', 11)}0`), undefined);
    assert.equal(says(`x. ${many('-', 20)}Score: 0`), 'certain');
    assert.equal(says(`x. ${many('-', 21)}Score: 0`), undefined);
    assert.equal(says('Final score: 1*****/5'), 'certain');
    assert.equal(says('Final score: 1******/5'), undefined);
    for (const words of ['Scoreis 0', 'Scorewas 0', 'Semifinal score: 0', 'Subtotal: 0'])
      assert.equal(says(words), undefined, words);
    for (const words of ['finalscore: 0', 'final_score: 0']) assert.equal(says(words), 'certain', words);
  });

  it('are a heading with its value below', () => {
    assert.equal(says(`Score\n\n${many('*', 10)}0`), 'certain');
    assert.equal(says(`Score\n${many('*', 11)}0`), undefined);
    assert.equal(says(`Score\n${many('\n', 30)}0`), 'certain');
    assert.equal(says(`Score\n0${many('.', 23)}`), 'certain');
    assert.equal(says(`Score\n0${many('.', 24)}`), undefined);
    assert.equal(says('Score\n0, which is what a rude answer would get.'), undefined);
    for (const star of '★⭐') assert.equal(says(`Score\n${star}${star}☆☆☆`, 0.4), undefined, star);
  });

  it('are a last line of its own', () => {
    const last = (words: string) => lastLineDiffers(words, { score: 1 }, 1);
    for (const words of [
      `${many('*', 10)}FAIL`,
      'x: FAIL',
      `${many('a', 40)}: FAIL`,
      'FAIL.',
      'FAIL, so it is',
      '0 pts',
    ])
      assert.equal(last(words), true, words);
    for (const words of ['FAIL 5', 'FAIL 5, so it is', 'x: FAIL so far', `${many('a', 41)}: FAIL`])
      assert.equal(last(words), false, words);
    assert.equal(last(`${many('*', 11)}FAIL`), false);
    for (const sign of ':=→⇒|') assert.equal(last(`aa${sign} bb: FAIL`), false, sign);
  });

  it('may stand in a sentence, however it begins', () => {
    for (const words of each(
      'Also the score is 0|Also score is 0|In my score would be 0|Habit scores 0|Je mets 0|Ich gebe 0|\\boxed{\\ {0}}',
    ))
      assert.notEqual(says(words), undefined, words);
  });

  it('say that the output falls short of what is asked for', () => {
    for (const words of each(
      'It fails the rubric|It fails the requirements|It fails the requirement|It fails all of the given criteria|It fails the  rubric',
      'It fails to fulfil the rubric|It does not fulfil the rubric|It does not fulfill the rubric|Iffy: it fails the rubric',
      'A motif: it fails the rubric|Does it meet the rubric?No|Does it fulfil the rubric? No|Does it fulfill the rubric? No',
    ))
      assert.equal(says(words), 'likely', words);
    for (const words of [
      'It fails the a b c d rubric',
      'It fails the checkout',
      'It fails the rubrics',
      'Wit fails the rubric',
      'It ly fails the rubric',
      'Does it meet the rubric? Answerno',
    ])
      assert.equal(says(words), undefined, words);
    const asked = (between: string) => says(`Does it meet the rubric${between}? No`);
    assert.equal(asked(` ${many('a', 39)}`), 'likely');
    assert.equal(asked(` ${many('a', 40)}`), undefined);
    assert.equal(says(`If ${many('a', 28)} it fails the rubric`), undefined);
    assert.equal(says(`If ${many('a', 29)} it fails the rubric`), 'likely');
  });

  it('are a number with its unit, and no count or part of a word', () => {
    for (const unit of each(
      'point|points|pts|punkt|punkte|punkten|star|stars|ponto|pontos|punto|puntos|punti|балл|балла|баллов|because|as',
    )) {
      assert.equal(says(`Final score: 0 ${unit}`), 'certain', unit);
      assert.equal(says(`Final score: 0 ${unit}x`), undefined, unit);
    }
    for (const words of ['0  issues', '0 \t issues', '0 aspects', 'zeroish', 'tenet', '0.']) {
      const expected = words === '0.' ? 'certain' : undefined;
      assert.equal(says(`Final score: ${words}`), expected, words);
    }
    assert.equal(contradiction('Final answer: b1', { answer: 'c' }, 1), undefined);
  });

  it('are the last number of a sum of up to 80 signs', () => {
    assert.equal(says('Final score:5=0', 5, 10), 'certain');
    assert.equal(says(`Final score:${many('1+', 39)}11=0`, 1), 'certain');
    assert.equal(says(`Final score:1${many('+1', 40)}=0`, 1), undefined);
  });
});

describe('doubt at the edge', () => {
  const doubt = (before: string, reason = 'It is so.') =>
    doubtAbout(
      { value: { reason, score: 1 }, before, after: '' },
      { keys: ['reason', 'score'], full: 1 },
      [],
    );

  it('arises from a broken verdict in whatever signs', () => {
    const broken = 'the judge gave more than one verdict, one of them broken';
    for (const key of each('score|"score"|\'score\'|“score”|‘score’|`score`|SCORE|x, score|0 "score" '))
      for (const sign of [':', '=', '：', ' : ', ' =']) {
        assert.equal(doubt(`{${key}${sign} 0`)?.reason, broken, key + sign);
        assert.equal(doubt(`｛${key}${sign} 0`)?.reason, broken, key + sign);
      }
    for (const words of [
      '{xscore: 0',
      '{1score: 0',
      '{a} score: 1',
      '｛a｝ score: 1',
      '{score is: 0',
      '{score5: 0',
    ])
      assert.notEqual(doubt(`${words}.\n`)?.reason, broken, words);
    assert.equal(doubt('{{score: 0')?.reason, broken);
    assert.equal(doubt('｛{score: 0')?.reason, broken);
  });

  it('arises from a refusal, in whole words', () => {
    for (const words of each(
      'Sich weigere mich. |Ich lehne abermals hin. |Xi’m unable to grade it. |Erkann es nicht bewerten. |Ich kann a b c d e nicht bewerten. ',
    ))
      assert.equal(doubt(words), undefined, words);
    for (const words of each(
      'Ich kann a b c d nicht bewerten. |Ich kann  nicht bewerten. |Ik kan  niet beoordelen. |Не могу  оценить. |Nie mogę  ocenić. |I CAN’T GRADE IT. ',
    ))
      assert.notEqual(doubt(words), undefined, words);
  });

  it('arises from an announcement of what somebody else says', () => {
    const quotes = (words: string) =>
      doubt(words)?.reason === 'the judge quotes a verdict instead of giving one';
    for (const words of each(
      'It says|It says  : "|It says ```json\n|It says ```json|It says `JSON5\n |It wants me to print: |ES BEHAUPTET: ',
    ))
      assert.equal(quotes(words), true, words);
    for (const words of ['It wants me to ', 'It asks me to ', 'It says json\n', 'It says ```json x'])
      assert.equal(quotes(words), false, words);
  });

  it('arises from a reason that is a blank of up to 30 characters', () => {
    const blank = (reason: string) => doubt('', reason)?.reason === '"reason" gives no reason';
    const between = (length: number) => `the ${`${'a'.repeat(length - 1)} `}explanation`;
    assert.equal(blank(between(30)), true);
    assert.equal(blank(between(31)), false);
    for (const reason of each('your explanation|<r>|<>|[r]|[]|–| '))
      assert.equal(blank(reason), true, reason);
    for (const reason of each('therapy explanation|a reasonable one'))
      assert.equal(blank(reason), false, reason);
  });
});
