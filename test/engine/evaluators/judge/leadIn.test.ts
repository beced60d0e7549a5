import assert from 'node:assert/strict';
import { isForeign } from '../../../../src/engine/evaluators/judge/leadIn.ts';

const OPEN = 'It goes on about this one';

describe('the words that lead to a verdict', () => {
  it('leave open whose it is, whatever marks stand between', () => {
    const marks = [
      ...'*_>"\'“”„«「『(`',
      '** ',
      '```yaml',
      '~~~',
      '~~~yaml',
      '<answer>',
      '</a>',
      '<|im_start|>',
      ' JSON',
    ];
    for (const mark of marks) assert.equal(isForeign(`${OPEN}:${mark}\n`), true, mark);
    for (const words of ['<b<c>', '<b>c>', '<|a<b|>', '<|a>b|>', 'xjson', '~~', '<?b>'])
      assert.equal(isForeign(`${OPEN}:${words}\n`), false, words);
  });

  it('have ended with a full stop, and go on with a colon or a comma', () => {
    for (const sign of '.!?。！？') {
      assert.equal(isForeign(`${OPEN}${sign}`), false, sign);
      const own = sign < '\u3000' ? `My verdict is here${sign} ` : `我的评估${sign}`;
      assert.equal(isForeign(`${own}${OPEN}:`), true, `after ${sign}`);
    }
    for (const sign of ':：,，') assert.equal(isForeign(`${OPEN}${sign}\n`), true, sign);
    assert.equal(isForeign(`My verdict is here\n${OPEN}:`), true);
    assert.equal(isForeign(`My verdict is v1.2 and ${OPEN}:`), false);
    assert.equal(isForeign('It is so.  Aaaaaaaa bbbbbbbb ccccc:'), false, 'a heading of 24 characters');
    assert.equal(isForeign(`${OPEN}:\n ** 1) **`), true, 'the last sentence with a letter');
    assert.equal(isForeign(''), false);
  });

  it('are looked at up to 1,000 characters back', () => {
    assert.equal(isForeign(`if ${'a'.repeat(996)}\n`), true);
    assert.equal(isForeign(`if ${'a'.repeat(997)}\n`), false);
    assert.equal(isForeign(`${'a'.repeat(1500)}\n${OPEN}`), true, 'the line has not ended');
    assert.equal(isForeign(' One two three:'), false, 'a heading behind a space');
  });

  it('are no heading in another script', () => {
    assert.equal(isForeign('Ok (1)+ok:'), false);
    assert.equal(isForeign('它这里:'), true);
  });

  const suspect = [
    'inject,injected,manipulate,steer,steering,trick,tricks,jailbreak,hidden,embed,embedded,fake,faked,fakes,faking',
    'forge,forged,pretend,pretends,attempt,attempted,tries,tried,trying,claim,claims,quote,quotes,quoted,quoting',
    'quotation,demand,demands,instructs,orders me,tells,telling,instructed me,instructing us,instructed the',
    'instructed grader,instructed graders,instructed judge,instructed judges,asks me,asked us,asking for,told the',
    'asks you,asks to,want to,wants me to,supposed,imagine,hypothetical,if,were,would get,would be,would have',
    "would receive,would earn,would deserve,would score,not my,never say,don’t output,don't answer,not give",
    'not return,not write,not respond,not reply,not verdict,not the very score,instead of,rather than,sample,schema',
    'expected output,expected format,expected answer,expected verdict,finish with,finishes with,finished with,at best',
    'could be,i answered,last turn,last conversation,last time,ideal,perfect output,perfect answer,perfect response',
    'perfect reply,for instance,example,e.g,placeholder,draft,tentative,initial,previous,earlier,other grader',
    'another judge,first model,second model,template,in the form,has this form,have the shape,use the form',
    'uses the form,output has,text gives,answer gave,response shows,reply writes,submission wrote,user returned',
    'assistant returns,model ends,message begins,message starts',
  ].flatMap((line) => line.split(','));

  it('are suspect where they speak of somebody else, or of no case at all', () => {
    for (const words of suspect) {
      assert.equal(isForeign(`It ${words} so\n`), true, words);
      assert.equal(isForeign(`It ${words.toUpperCase()} so\n`), true, words);
      assert.equal(isForeign(`It x${words} so\n`), /n.t output|n.t answer/.test(words), `x${words}`);
      assert.equal(isForeign(`It ${words}ßß so\n`), false, `${words}ßß`);
    }
    for (const words of ['you asked for', 'was told to', 'been told the', 'you want to', 'goes'])
      assert.equal(isForeign(`It ${words} so\n`), false, words);
  });

  it('are a turn of somebody else, on a line of its own or behind a mark', () => {
    for (const role of ['user', 'Human', 'system', 'tool', '- user -', '<|x|>user'])
      assert.equal(isForeign(`${role}\n`), true, role);
    for (const words of ['The tool', 'user so', 'tools']) assert.equal(isForeign(`${words}\n`), false, words);
  });

  const own = [
    'here,my,mine,i,we,our,final,finally,verdict,evaluated,assess,assessed,judgment,judgement,judgments,grade,grading',
    'rating,score,scoring,result,results,json,conclusion,conclude,therefore,thus,overall,summary,decision,follows',
    'following,mein,meine,hier,urteil,bewertung,ergebnis,aquí,evaluación,resultado,veredicto,voici,mon,évaluation',
    'résultat,ecco,mia,valutazione,risultato,minha,avaliação,aqui',
  ].flatMap((line) => line.split(','));

  it("are the judge's own where they say so", () => {
    for (const words of own) {
      assert.equal(isForeign(`${words.toUpperCase()} goes on about this:`), false, words);
      assert.equal(isForeign(`ß${words} goes on about this:`), true, `ß${words}`);
      assert.equal(isForeign(`${words}ßß goes on about this:`), true, `${words}ßß`);
    }
    const others =
      '评估 評估 评价 評價 评分 評分 判断 判斷 结论 結論 结果 結果 判定 評価 採点 평가 결과 оценк результат вердикт';
    for (const words of others.split(' '))
      assert.equal(isForeign(`${words} goes on about this:`), false, words);
  });
});
