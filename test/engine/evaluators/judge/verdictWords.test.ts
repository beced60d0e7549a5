import assert from 'node:assert/strict';
import { withoutClosingMarks } from '../../../../src/engine/evaluators/judge/leadIn.ts';
import {
  contradiction,
  lastLineDiffers,
  plainWords,
} from '../../../../src/engine/evaluators/judge/statedVerdict.ts';

const each = (...lines: string[]) => lines.flatMap((line) => line.split('|'));
const against = (score: number) => (words: string) => contradiction(words, { score }, 1);
const againstGood = against(1);
const againstBad = against(0);

describe('words of many languages', () => {
  it('call a verdict good', () => {
    for (const word of each(
      'pass|passed|passes|correct|true|excellent|met|accept|accepted|acceptable|approved|bestanden|réussi|aprobado|aprovado',
      'superato|合格|通过|通過|正确|正確|합격|통과|the output is correct|this response clearly passes|it passes',
    )) {
      assert.equal(againstBad(`Verdict: ${word}`), 'certain', word);
      assert.equal(againstGood(`Verdict: ${word}`), undefined, word);
    }
  });

  it('call a verdict bad', () => {
    for (const word of each(
      'fail|failed|fails|failure|failing|poor|bad|incorrect|wrong|unacceptable|reject|rejected|inadequate|unsatisfactory',
      'insufficient|unmet|false|f|not met|not passed|not acceptable|not accepted|not correct|not approved|does not meet it',
      'did not meet it|doesn’t pass|didn’t satisfy it|nicht bestanden|nicht erfüllt|durchgefallen|ungenügend|mangelhaft|échec',
      'échoué|insuffisant|non conforme|non réussi|suspenso|reprobado|no cumple|no aprobado|reprovado|não cumpre|não atende',
      'não aprovado|fallito|bocciato|non superato|başarısız|niet geslaagd|onvoldoende|nie spełnia|nie zaliczone|провал',
      'не пройдено|не соответствует|неверно|不合格|不通过|不通過|未通过|未通過|失败|失敗|不及格|不正确|不正確|불합격|실패',
      'the output fails|the answer is wrong|response was rejected|this reply clearly fails|the text fails|submission fails|it fails',
    )) {
      assert.equal(againstGood(`Verdict: ${word}`), 'certain', word);
      assert.equal(againstBad(`Verdict: ${word}`), undefined, word);
    }
  });

  it('call nothing good or bad where they go on', () => {
    for (const words of each(
      'correct answer is 5|correct response|correct result|correct value|truest|合格者数は三|metre|passé',
    ))
      assert.equal(againstBad(`Verdict: ${words}`), undefined, words);
    for (const words of each(
      'The correct answer is 42|The right answer: 3|Its true result = 12|the actual winner is 3|correct category: 2',
      'the right decision is 3|The final answer is 42|The total is 42|So the answer is 42|Result: 42|Conclusion: 42',
    ))
      for (const score of [0, 1]) assert.equal(against(score)(words), undefined, words);
    for (const label of each('right|correct|true|actual').flatMap((which) =>
      each('answer|result|winner|category|decision|points').map((what) => `${which} ${what}`),
    ))
      for (const words of [
        `The ${label} is 0`,
        `The ${label.toUpperCase()}: 0`,
        `${label.replace(' ', '__')} = 0`,
      ])
        assert.equal(againstGood(words), undefined, words);
    for (const label of each(
      'my answer|Result|Total|final choice|final category|final winner|Conclusion|Decision|Ergebnis|Fazit|Risultato|Résultat',
      '结论|結論|结果|結果|결과|вывод|итог|RESULT',
    ))
      assert.equal(againstGood(`${label}: 42`), undefined, label);
    for (const words of each(
      'The final answer is 0|The correct answer is 42. Final score: 0|My score is 42|Total: 0',
    ))
      assert.equal(againstGood(words), 'certain', words);
    for (const words of each('falsehoods are avoided|failsafe|wrongly blamed|不合格者数'))
      assert.equal(againstGood(`Verdict: ${words}`), undefined, words);
  });

  it('are labels, which several criteria have where the label is not a final one', () => {
    for (const label of each(
      'overall|conclusion|bottom line|final|fazit|conclusión|conclusão|conclusione|结论|結論|最终|вывод|итог|gesamturteil',
      'gesamtbewertung|итоговая оценка|final score|final_score|总分',
    ))
      assert.equal(againstGood(`${label}: 1/5\nVerdict: pass\n${label}: 0`), 'certain', label);
    for (const label of each(
      'score|points awarded|points given|points earned|grade|rating|verdict|decision|result|pass|passed|passes',
      'meets rubric|meet the criteria|met all criteria|satisfied criterion|satisfies the requirement|fulfills requirements',
      'fulfils the rubric|punktzahl|urteil|bewertung|ergebnis|puntuación|veredicto|resultado|résultat|veredito|verdetto',
      'risultato|得分|评分|評分|分数|分數|判定|结果|結果|スコア|評価|점수|판정|결과|оценка|вердикт|результат',
    )) {
      assert.equal(againstGood(`"${label}": 0`), 'certain', label);
      assert.equal(againstGood(`${label}: 0\n${label}: 1\nso it is`), undefined, label);
    }
  });

  it('stand behind their label, or below it', () => {
    for (const words of each(
      'Score → 0|Score ⇒ 0|Score => 0|Score -> 0|Score – 0|Score — 0|Score - 0|Score is 0|Score was 0|Score = 0|Score 0|Score\n0',
      '**Score**\n\n**0**|Score\n*0/10*|Score \t\n0',
    ))
      assert.equal(againstGood(words), 'certain', words);
    for (const words of each(
      'Score\n0 is what a rude answer would get',
      'Score as follows\n0|Score\nof 0|Score 1\n0',
    ))
      assert.equal(againstGood(words), undefined, words);
    for (const tag of each('score|final_score|grade|rating|verdict|overall_result'))
      assert.equal(againstGood(plainWords(`<${tag}> 0 </${tag}>`, [])), 'certain', tag);
    for (const stars of each('★☆☆☆☆|⭐☆☆☆☆')) assert.equal(againstGood(`Score\n${stars}`), 'certain', stars);
    assert.equal(contradiction('Score\n-1', { score: 1 }, 1), 'certain');
  });

  it('count by what they are a part of', () => {
    for (const words of each('0 of 10|0 de 10|0 su 10|0 op 10|0 из 10|0 von 10|0 sur 10|0/10|0 out of 10'))
      assert.equal(againstGood(`Score: ${words}`), 'certain', words);
    assert.equal(contradiction('Score: 8 de 10', { score: 0.8 }, 1), undefined);
    for (const words of each('2:1|2–1|2-1|1.5.2'))
      assert.equal(againstGood(`Score: ${words}`), undefined, words);
  });

  it('are digits and signs of any script', () => {
    for (const zero of each('0|０|٠|۰|०|০|๐|߀|\u{116da}'))
      assert.equal(againstGood(`Score: ${zero}`), 'certain', zero);
    for (const seven of each('7|７|٧|۷|७|৭|๗'))
      assert.equal(contradiction(`Score: ${seven}/10`, { score: 0.7 }, 1), undefined, seven);
    assert.equal(contradiction('Score: ½', { score: 0.5 }, 1), undefined);
    assert.equal(contradiction('Score: −0.5', { score: 0.5 }, 1), 'certain');
  });

  it('say yes or no to a verdict, and also to other things', () => {
    for (const words of each(
      'No|No.|**No**|no, it is rude|no; rude|no: rude|no!|no — rude|no – rude|no (rude)|no\n|“no”|no |no - rude|no 😞',
    ))
      if (words !== '') assert.equal(againstGood(`Verdict: ${words}`), 'certain', words);
    assert.equal(againstBad('Verdict: yes'), 'certain');
    assert.equal(againstBad('Verdict: y.'), 'certain');
    for (const words of each(
      'Verdict: no issues|Verdict: no more|Verdict: no 5|Final answer: no|Final choice: no|Final winner: tie',
    ))
      assert.equal(againstGood(words), undefined, words);
    assert.equal(contradiction('Verdict: no', { score: 0.89 }, 1), undefined);
    assert.equal(contradiction('Verdict: no', { score: 0.9 }, 1), 'certain');
    assert.equal(contradiction('Verdict: no', { category: 'C' }, 1), 'certain');
  });
});

describe('sentences', () => {
  it('say what the verdict is', () => {
    for (const words of each(
      'I give it 0|We would rate this a 0|I will score that 0|we’ll say no. I’d say so. I grade the output 0|I assign the text 0',
      'It gets 0|This only earns 0|That deserves only a 0|The reply receives an overall score of 0|The submission merits 0',
      'So my grade must be 0|It gets a final score of 0|This earns an overall rating of 0|That deserves a grade of 0|It scores 0|My score would be 0|my final rating will be 0|my verdict must be fail|my overall grade should be f',
      'Rated 0|Graded 0|Score of 0|A rating of 0|It is rude. Grade of 0|ich gebe 0|ich vergebe 0|je donne 0|je mets 0|le doy 0|le doy un 0|我给0|我給出0|我打0',
    ))
      assert.equal(againstGood(words), 'likely', words);
    for (const words of each(
      'The hotel is rated 4/5|They had a score of 0:0|A score of 2:1|It gets 2 facts right',
    ))
      assert.equal(againstGood(words), undefined, words);
  });

  it('say that the output falls short, which speaks against a full score alone', () => {
    for (const words of each(
      'It fails the rubric.|This clearly fails the test.|The output fails to meet all of the criteria.|The text fails to satisfy its check.',
      'The answer fails to fulfil any requirement.|The reply fails to pass every test.|The response does not meet those conditions.',
      'The submission doesn’t satisfy that criterion.|It does not pass these two simple checks.|It does not fulfill the rubric.',
      'Does it meet the rubric? No.|Can it satisfy all of the criteria at once?\nAnswer: no|Does it fulfil its requirement? **No**',
      'Will it pass the test? No|Does it comply with this condition? no, it is rude',
      'It is not a pass.|That was not a pass.|It should fail.|The answer must be failed.|This has to fail.|I have to fail it.',
      'If so. It fails the rubric.|When? It fails the rubric.|If so! It fails the rubric.|If so\nIt fails the rubric.|I must fail this.|I will fail the output.|So, fail.|Thus fail.|Hence, fail!|Therefore, FAIL.',
    )) {
      const plain = words.replace('’', "'").replace('checks', 'check');
      assert.equal(againstGood(plain), 'likely', words);
      assert.equal(contradiction(plain, { score: 0.99 }, 1), undefined, words);
    }
    for (const words of each(
      'If it fails the rubric, it gets none.|When the output fails the test, say so.|Unless the answer fails the check, pass it.',
      'I ask whether it fails the rubric.|It fails nobody.|Does it meet the rubric? No doubt.|Does it meet the rubric? Yes.',
      'The unit test should fail.|It will not be failed.|It is not a passage.|I will not fail it.|So failures are rare.',
    ))
      assert.equal(againstGood(words), undefined, words);
  });
});

describe('the last line before a verdict', () => {
  const differs = (words: string, score = 1) => lastLineDiffers(words, { score }, 1);

  it('is another verdict by itself, or behind any label', () => {
    for (const words of each(
      '0|0/10|0 points|0 point|0 pts|0 Punkte|0 Punkten|0 stars|0分|0点|0点数|0점|0 баллов|0 балла|0 pontos|0 puntos|"0"|(0)|**0**.|> 0!',
      'FAIL|fail.|- FAIL|FAIL – rude|**FAIL** — rude|Fail: rude|fail; rude|fail, rude|Fail. It is rude|fail - rude|no|No.|★☆☆☆☆|⭐☆☆☆☆|❌ rude|- **👎**',
      'Ocena: 0|Eindscore = 0|Итог → 0|Sonuç ⇒ 0|Tulos => 0|Tulos -> 0|Ocena｜0|Ocena：０|Polite: 1/5',
    ))
      assert.equal(differs(`So be it.\n${words}\n \n---\n`), true, words);
  });

  it('is no other verdict where it goes on, agrees, stands among others, or tells an answer', () => {
    for (const words of each(
      '1|10/10|PASS|yes|Ocena: 1|0 facts|0. first|Fail-safe|A label that goes on for more than forty letters: 0',
      '0 so 5|Fail the rubric – or not|tone: 0\nfacts: 1|facts: 1\ntone: 0|1\n0|0\nIt is polite.|tone: 0\nIt is polite.|0\n1|Answer: 0|Expected value: 0|Output: 0|Winner: 0|Choice: 0|Category: 0',
      'The line has a ❌ in it|So ❌|No issues|Result: 42|',
    ))
      assert.equal(differs(words), false, words);
    assert.equal(differs('❌ rude', 0.9), false);
    for (const stars of each('★★☆☆☆|⭐⭐☆☆☆')) assert.equal(differs(stars, 0.4), false, stars);
    assert.equal(differs('PASS', 0), true);
    assert.equal(differs('1', 0), true);
  });
});

describe('closing marks', () => {
  it('are left out at the end of words, however long these are', () => {
    const long = 'a b '.repeat(600);
    for (const words of ['', 'a', long, `${long}\n**c`]) {
      assert.equal(withoutClosingMarks(`${words}\n\`\`\`json\n`), words.trimEnd(), words.slice(-9));
      assert.equal(withoutClosingMarks(`${words}\n> **`), words.trimEnd(), words.slice(-9));
    }
  });
});
