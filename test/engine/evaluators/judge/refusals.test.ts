import assert from 'node:assert/strict';
import { doubtAbout } from '../../../../src/engine/evaluators/judge/verdictDoubt.ts';

const REFUSES = 'the judge says that it does not grade';
const MAY_REFUSE = 'the words before it refuse to grade';
const QUOTES = 'the judge quotes a verdict instead of giving one';
const STRUCK = 'the judge has struck its verdict out';

const doubt = (before: string, reason = 'It is so.') =>
  doubtAbout({ value: { reason, score: 1 }, before, after: '' }, { keys: ['reason', 'score'], full: 1 }, [])
    ?.reason;

const each = (...lines: string[]) => lines.flatMap((line) => line.split('|'));

describe('words of a judge that refuses', () => {
  it('are read as such', () => {
    const refusals = each(
      "I refuse to grade it.|We decline to judge this,|I won’t score that;|I won't evaluate them!|I will not rate these\n",
      "I cannot assess the answer.|I can’t grade any response.|I can't grade a text.|I can't grade an output.",
      'I am not able to comply|I am unable to grade the submission.|I am not going to grade the reply.',
      'I must decline to grade it.|I have to refuse to grade it.|I will refuse to grade it.|WE REFUSE TO GRADE IT.',
      'I refuse to grade it because it lies. So |I refuse to grade it as it lies. So |I refuse to grade since it lies. So ',
      'Ich weigere mich. |Ich lehne ab. |Ich lehne es ab. |我拒绝评。|我拒絕評。|我无法打分。|我無法判。|我不能对此评。|我不会對此評。|我不會评。',
    );
    assert.equal(doubt('I will not rate these\nSo it is. '), REFUSES);
    assert.equal(doubt('I refuse to gr"x"ade it. '), undefined);
    for (const words of refusals) assert.equal(doubt(words), REFUSES, words);
    for (const words of [
      'I refuse to grade it higher. ',
      'Xi refuse to grade it. ',
      'I cannot grade its tone. ',
    ])
      assert.equal(doubt(words), undefined, words);
  });

  it('may be so in forms that also tell of somebody else', () => {
    const verbs = 'grade judge score evaluate rate assess comply help assist provide'.split(' ');
    const refusals = [
      ...verbs.map((verb) => `I'm unable to ${verb} with it. `),
      ...each("I’m not able to help. |I am unable to help. |We are unable to help. |We're unable to help. "),
      ...each(
        "We’re unable to help. |I can't help. |I can’t assist. |I cannot comply with it. |I won't help. ",
      ),
      ...each('I won’t help. |I will not help. |NO PUEDO EVALUAR. |No puedo calificar. |No puedo valorar. '),
      ...verbs.slice(0, 6).map((verb) => `It is insufficient information to ${verb}. `),
      ...each('No puedo juzgar. |Je ne peux pas évaluer. |Je ne puis pas noter. |Je ne peux pas juger. '),
      ...each('Das kann ich so nicht bewerten. |Ich kann nicht beurteilen. |Ich kann nicht benoten. '),
      ...each(
        'Não posso avaliar. |Non posso valutare. |評価できません。|평가할 수 없습니다. |Bunu değerlendiremem. ',
      ),
      ...each(
        'Я не могу оценить это. |Не могу это оценить. |Ik kan niet beoordelen. |Ik kan dit niet beoordelen. ',
      ),
      ...each('Nie mogę ocenić. |Nie mogę tego ocenić. |Jag kan inte bedöma det. '),
    ];
    for (const words of refusals) assert.equal(doubt(words), MAY_REFUSE, words);
    for (const words of [
      "Xi can't help. ",
      "I can't helpfully. ",
      'Bekannt nicht bewerten. ',
      'Xkan niet beoordelen. ',
    ])
      assert.equal(doubt(words), undefined, words);
  });

  it('are none within quotation marks', () => {
    for (const [open = '', close = ''] of ['""', '“”', '„“', '„”', '«»', '「」']) {
      const quoted = (text: string) => `${open}${text}${close}`;
      assert.equal(doubt(`It has ${quoted('I refuse to grade it.')} in it. `), undefined, open);
      assert.equal(doubt(`${quoted('a')} I refuse to grade it. ${quoted('b')}. `), REFUSES, open);
      assert.equal(doubt(`${open}\nI refuse to grade it.\n${close}. `), REFUSES, open);
    }
  });
});

describe('words that quote a verdict', () => {
  const verbs = each(
    'contain|contains|say|says|said|read|reads|claim|claims|state|states|include|includes|demand|demands|quote|quotes',
    'quoted|embed|embeds|embedded|inject|injects|injected|insert|inserts|inserted|such as|for example|e.g.|namely',
    'want me to print|wants me to print|tell to print|tells me to print|told to print|ask for|asks for|asked me for|order to print',
    'orders to print|instruct to print|instructs to print|instructed to print|enthält|sagt|behauptet|verlangt',
  );

  it('stand right before it', () => {
    for (const words of verbs) {
      assert.equal(doubt(`It ${words}: `), QUOTES, words);
      assert.notEqual(doubt(`It x${words}: `), QUOTES, `x${words}`);
      assert.notEqual(doubt(`It ${words}: so. `), QUOTES, words);
    }
    for (const words of each('包含|写道|寫道|声称|聲稱|要求|要求我|要求输出|要求我輸出|要求回答'))
      assert.equal(doubt(words), QUOTES, words);
    for (const who of ['you', 'I', 'was', 'am', 'were', 'been'])
      assert.notEqual(doubt(`${who} asked for: `), QUOTES, who);
  });

  it('may be followed by a pointer and marks', () => {
    for (const word of ['this', 'the following', 'the text', 'folgendes'])
      assert.equal(doubt(`IT SAYS ${word}: `), QUOTES, word);
    for (const mark of [...':：,，`"\'“”„«「『(', '```json\n', '""', ': ```\n "'])
      assert.equal(doubt(`It says${mark}`), QUOTES, mark);
  });
});

describe('marks of a verdict that does not count', () => {
  it('strike it out', () => {
    for (const mark of ['~~', '<del>', '<STRIKE>', '<!--', '~~ \n']) assert.equal(doubt(mark), STRUCK, mark);
    for (const words of ['~~~', '~~So.~~ It is so. ', '<!-- So. --> It is so. '])
      assert.notEqual(doubt(words), STRUCK, words);
  });

  it('leave its reason blank', () => {
    const blanks = each(
      '…|---|<reason>|[reason]|string|n/a|NA|todo|tbd|your explanation|the reason|a reason|an explanation',
      'insert reason here|brief reasoning|short justification',
    );
    for (const reason of blanks) {
      assert.equal(doubt('', reason), '"reason" gives no reason', reason);
      assert.equal(doubt('', `It ${reason}`), undefined, `It ${reason}`);
      assert.equal(doubt('', `${reason} it is`), undefined, `${reason} it is`);
    }
    for (const reason of ['"I cannot grade it." it says', 'I cannot gr"x"ade it.'])
      assert.equal(doubt('', reason), undefined, reason);
    for (const reason of ['<a<b>', '<a>b>', '[a[b]', '[a]b]', '5', 'yours an explanation', 'the xreason'])
      assert.equal(doubt('', reason), undefined, reason);
  });
});
