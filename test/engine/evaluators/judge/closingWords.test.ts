import assert from 'node:assert/strict';
import { meaningOf, RETRACTION } from '../../../../src/engine/evaluators/judge/closingWords.ts';

describe('the words behind a verdict', () => {
  it('are read without the signs around them', () => {
    assert.equal(meaningOf('\n```\n'), 'nothing');
    assert.equal(meaningOf('  -- ,;: "" ,, '), 'nothing');
    assert.equal(meaningOf('** (Actually, wait!) **'), 'decisive');
    assert.equal(meaningOf('— the sky is blue —'), 'chatter');
  });

  it('are read in one pass, whatever signs stand within them', () => {
    const signs = ','.repeat(400_000);
    assert.equal(meaningOf(`a${signs}a`), 'chatter');
    assert.equal(meaningOf(`${signs}a${signs}a${signs}`), 'chatter');
  });

  it('say nothing where they end a fence, a tag or a turn', () => {
    const tags = 'answer verdict json response output result evaluation grade judgment judgement s';
    for (const tag of tags.split(' ')) {
      assert.equal(meaningOf(`<${tag}></${tag.toUpperCase()}>`), 'nothing', tag);
    }
    for (const mark of ['```json', '<|im_end|>', '<|a▁b|c-d|>', '<|end>', '<end_of_turn>', '[/INST]'])
      assert.equal(meaningOf(mark), 'nothing', mark);
    assert.equal(meaningOf('<|blue sky|>'), 'chatter');
    assert.equal(meaningOf('</think>'), 'chatter', 'it stood among thoughts');
  });

  it('are sentences, each of which may be a farewell', () => {
    for (const sign of '.!?。！？…\n') assert.equal(meaningOf(`That's all${sign}Thanks`), 'nothing', sign);
    assert.equal(meaningOf('Thanks, that’s all'), 'chatter');
    assert.equal(meaningOf('That’s all. The sky is blue.'), 'chatter');
    assert.equal(meaningOf('The sky is blue. It is 5.'), 'decisive');
    assert.equal(meaningOf("** That's all **"), 'nothing');
    assert.equal(meaningOf('Tha<s>nks'), 'chatter');
  });

  it('are decisive with a number or a brace at either end, and open behind a bracket', () => {
    for (const sign of ['5', '{', '}']) {
      assert.equal(meaningOf(`${sign} sky`), 'decisive', sign);
      assert.equal(meaningOf(`sky ${sign}`), 'decisive', sign);
    }
    for (const sign of ['［', '【']) assert.equal(meaningOf(`${sign} sky`), 'decisive', sign);
    for (const sign of ['］', '】']) assert.equal(meaningOf(`That's all${sign}`), 'chatter', sign);
    for (const sign of '❌❎✗✘✖👎🚫⛔🛑') assert.equal(meaningOf(sign), 'decisive', sign);
  });

  const farewells = [
    "That's all|And this is all|This was it|That is my verdict|That is my full evaluation|This is my final assessment",
    'That is my whole judgement|That is my judgment|That is my answer|That is my decision',
    'I hope that helps|I hope this is helpful|I hope it was helpful|Hope that helps|Hope this helps|Hope it helps',
    'Let me know|Please let me know|Feel free to ask|Feel free to reach out|Let me know if you need the judge’s help',
    'Let me know if you have a cafe\u0301 here|Let me know if you want more|Let me know if you would like more',
    "Let me know if you require more|Let me know if you'd like more|Let me know if there's more|Let me know if there is more",
    'Thanks|Many thanks|Thank you|Thank you very much|Thanks so much for reading|Thank you for your time',
    'Thank you for your attention|Thank you for your trust|End of the evaluation|End of verdict|End of assessment',
    'End of answer|End of JSON|End of response|Done|End|Best regards|Kind regards',
    'Have a nice day|Have a great day|Have a good day',
    'Das ist alles|Dies war meine Bewertung|Das ist mein Urteil|Das ist meine Einschätzung|Das ist meine Antwort',
    'Soweit meine Bewertung|So weit mein Urteil|Soweit meine Einschätzung|Soweit meine Antwort',
    'Ich hoffe, das hilft|Ich hoffe dies hilft dir|Ich hoffe, das hilft Ihnen|Ich hoffe, das hilft weiter',
    'Ich hoffe, das hilft dir weiter|Ich hoffe, das hilft Ihnen weiter|Vielen Dank|Danke|Ende|Ende der Bewertung',
    'Mit freundlichen Grüßen|Viele Grüße|Gern geschehen',
    '希望有帮助|希望这对您有帮助|希望這對你能有所幫助|希望以上有帮助|希望我的评估有帮助|希望我的評估有幫助',
    '谢谢|謝謝|感谢|感谢您的阅读|以上|以上是我的评估|以上就是我的評估结果|以上为评价|以上為評價結果|以上评分|以上評分',
    '以上判断|以上判斷|以上结论|以上結論|评估完毕|評估完畢|评价结束|評價結束|完成',
    "C'est tout|J'espère que cela aide|J'espère que cela vous aide|Merci|Eso es todo|Espero que ayude",
    'Espero que esto le ayude|Espero que te ayude|Gracias|以上です|ご確認ください|ありがとうございます',
  ].flatMap((line) => line.split('|'));

  it('say nothing where they take their leave, and only so', () => {
    for (const farewell of farewells) {
      assert.equal(meaningOf(`\n${farewell}.`), 'nothing', farewell);
      assert.equal(meaningOf(`5 ${farewell}`), 'decisive', `a number before ${farewell}`);
      assert.equal(meaningOf(`${farewell} 5`), 'decisive', `a number behind ${farewell}`);
    }
  });

  const decisive = [
    'scored,grade,graded,grading,rate,rated,rating,verdict,pass,passes,fail,failed,actually,reflection,reconsider',
    'reconsidered,thought,thinking,correct,corrected,instead,however,but,although,wait,hold on,mistaken,wrong,error',
    'oops,retract,retracted,withdraw,withdrawn,take it back,take that back,take this back,scratch,disregard,ignore',
    "nevermind,refuse,declined,can't,cannot,unable,not,no,never,should,would,must,changed,revised,updated,sorry",
    'apologize,yes,tie,ties,winner,best,better,worse,unsure,uncertain,attempt,attempted,steer,steering,inject',
    'injected,manipulated,instruct,instructed,doch,nicht,kein,keine,nein,ja,aber,jedoch,eigentlich,korrektur',
    'korrigiert,falsch,irrtum,fehler,punkt,punkte,note,urteil,bewertet,sondern,zurück,moment,halt',
  ].flatMap((line) => line.split(','));

  it('are decisive where a word of them decides', () => {
    for (const word of decisive) {
      assert.equal(meaningOf(`It ${word} so`), 'decisive', word);
      assert.equal(meaningOf(`It x${word}x so`), 'chatter', `${word} within another word`);
    }
    for (const sign of '不非否错錯误誤改更但其实實应應该該收回撤零一二三四五六七八九十分')
      assert.equal(meaningOf(`好${sign}好`), 'decisive', sign);
    assert.equal(meaningOf('It goes so'), 'chatter');
  });

  const retractions = [
    'actually,wait,hold on,on reflection,on second thought,correction,scratch that,mistake,retract,retracted,withdraw',
    'withdrawn,take it back,take that back,take this back,disregard,never mind,nevermind,oops,I was wrong,doch nicht',
    'korrektur,nehme das zurück,moment',
  ].flatMap((line) => line.split(','));

  it('may take back what was said', () => {
    for (const words of retractions) {
      assert.equal(RETRACTION.test(`so ${words.toUpperCase()} it`), true, words);
      assert.equal(RETRACTION.test(`so x${words}x it`), false, words);
    }
    for (const words of ['更正', '收回', '其实', '其實', '等等'])
      assert.equal(RETRACTION.test(`好${words}好`), true, words);
  });
});
