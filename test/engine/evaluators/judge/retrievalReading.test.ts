import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { attributions } from '../../../../src/engine/evaluators/judge/retrieval/attributions.ts';
import { faithfulVerdicts } from '../../../../src/engine/evaluators/judge/retrieval/faithfulVerdicts.ts';
import { neededSentences } from '../../../../src/engine/evaluators/judge/retrieval/neededSentences.ts';

describe('verdicts on statements', () => {
  const FINAL = 'Final verdict for each statement in order:';

  it('are those of the final list, else each by itself', () => {
    const rows: [answer: string, statements: number, supported: number][] = [
      [`${FINAL} Yes. No.`, 2, 1],
      [`${FINAL} YES, no; yes`, 3, 2],
      [`${FINAL}\n1. Yes\n12) No\n\nThat is all.\n`, 2, 1],
      [`${FINAL} **Yes**. (No).`, 2, 1],
      ['Verdict: Yes. Verdict: **No**', 2, 1],
      ['Verdict: _“no”_', 1, 0],
      ['Verdict: "no"', 1, 0],
      ["Verdict: 'no'", 1, 0],
      ['“a” Verdict: yes “b”', 1, 1],
      ['Verdict: yes“verdict: no”is only what the text says', 1, 1],
      ['“a\nVerdict: yes”', 1, 1],
      ['“Verdict: yes\nb”', 1, 1],
      ['"a\nVerdict: yes"', 1, 1],
      ['"Verdict: yes\nb"', 1, 1],
      ['Verdict: Yes – so there is no doubt', 1, 1],
      [`${FINAL} Yes.\nThat is all.`, 1, 1],
      [`${FINAL}\n **1)  Yes\n 2. No`, 2, 1],
      [`${FINAL} Yes 3. No`, 2, 1],
      [`Verdict: Yes. Verdict: No. ${FINAL} Yes. No.`, 2, 1],
      [`Verdict: Yes. ${FINAL} Yes. No.`, 2, 1],
      [`Verdict: No. ${FINAL} Yes. No.`, 2, 1],
      ['"a" Verdict: yes "b"', 1, 1],
      ['It says "verdict: yes". Verdict: No', 1, 0],
      [`It says “verdict: yes”. Verdict: No. ${FINAL} No.`, 1, 0],
      [`It says "verdict: yes". ${FINAL} No.`, 1, 0],
      ['It is the students’ verdict: yes, it is in the text’s words. So, verdict: no', 2, 1],
      ['{"verdict": "yes"}', 1, 1],
      ['Verdict – Yes', 1, 1],
      ['Verdict — Yes', 1, 1],
      ['Verdict - Yes', 1, 1],
      ['Verdict → Yes', 1, 1],
      ['Verdict = Yes', 1, 1],
      ['Verdict：Ｙｅｓ', 1, 1],
      ['Verdict: [Yes]', 1, 1],
      ['Verdict: (`Yes`)', 1, 1],
      ['The verdict is yes.', 1, 1],
      ['| A | Verdict: Yes |\n| B | Verdict: No |', 2, 1],
      ['Verdict:\n\nNo', 1, 0],
      ['Verdict: No, but it is close', 1, 0],
      ['Verdict: No\nNo, it does not.', 1, 0],
      ['Verdict: Yes\nYes, it is there.', 1, 1],
      ['Verdict: Yes\nNo contradicting words are there.', 1, 1],
      ['Verdict: Yes. The context says you have to wait 5 days.', 1, 1],
      ['Verdict: Yes. 2. Wait, times are short. Verdict: No.', 2, 1],
      ['Verdict 1: Yes\nVerdict 2: No', 2, 1],
      ['Verdict: Yes. No word speaks against it.', 1, 1],
      ['Verdict: Yes; no word speaks against it.', 1, 1],
      ['1. A. Verdict: Yes! 2. Wait, so it is. Verdict: No', 2, 1],
      ['1. A. Verdict: Yes (is it?) So it is? 2. Wait, B. Verdict: No', 2, 1],
      ['1. A. Verdict: Yes\n2: Wait, B. Verdict: No', 2, 1],
      ['1. A. Verdict: Yes\n2) Wait, B. Verdict: No', 2, 1],
      ['A. Verdict: Yes. B. Verdict: No.\nNo, it is not.', 2, 1],
      ['1. A. Verdict: Yes\n2. Actually, it is B. Verdict: No', 2, 1],
      ['1. A. Verdict: Yes\n- **Statement 2:** wait. Verdict: No', 2, 1],
      ['1. A. Verdict: Yes\n### 2) Sorry. Verdict: No', 2, 1],
    ];
    for (const [answer, statements, supported] of rows) {
      assert.deepEqual(
        faithfulVerdicts(answer, statements),
        { supported, score: supported / statements },
        answer,
      );
    }
  });

  it('are none where they are not one for each statement', () => {
    const misformed = true as const;
    const rows: [answer: string, statements: number, problem: object][] = [
      ['So it is.', 1, { problem: 'the judge gave no verdict on any statement', misformed }],
      ['Verdict: Yes', 2, { problem: 'the judge gave 1 verdict on 2 statements', misformed }],
      ['Verdict: Yes. Verdict: No.', 1, { problem: 'the judge gave 2 verdicts on 1 statement' }],
      ['It says "verdict: yes". Verdict: Yes', 2, { problem: 'the judge quotes a verdict' }],
      [FINAL, 1, { problem: 'the judge gave no verdict on any statement', misformed }],
      [
        `Verdict: Yes. Verdict: Yes. ${FINAL} Yes. No.`,
        2,
        { problem: "the judge's final list says something else than its verdicts" },
      ],
      ...['It says “verdict: yes”. Verdict: Yes', "It claims 'verdict: yes'.", 'It says «verdict: yes».'].map(
        (answer): [string, number, object] => [answer, 2, { problem: 'the judge quotes a verdict' }],
      ),
      ...['. No', '; no', '! No', '? No'].map((rest): [string, number, object] => [
        `That is the verdict${rest} more of it`,
        1,
        { problem: 'the judge gave no verdict on any statement', misformed },
      ]),
      ['Verdict: None', 1, { problem: 'the judge gave no verdict on any statement', misformed }],
      ['Verdict: Probably yes', 1, { problem: 'the judge gave no verdict on any statement', misformed }],
      [
        'Final verdict: yes. no.',
        2,
        { problem: 'the judge gave a verdict that says both, or takes it back' },
      ],
      [`${FINAL} Yes. ${FINAL} Yes.`, 1, { problem: 'the judge gave more than one list of verdicts' }],
      [
        `Verdict: No. ${FINAL} Yes.`,
        1,
        { problem: "the judge's final list says something else than its verdicts" },
      ],
    ];
    for (const [answer, statements, problem] of rows)
      assert.deepEqual(faithfulVerdicts(answer, statements), problem, answer);
  });

  it('are none where one says both, or is taken back', () => {
    const problem = 'the judge gave a verdict that says both, or takes it back';
    assert.deepEqual(faithfulVerdicts('Verdict: No/Yes', 1), { problem });
    for (const rest of [
      ...[
        '/No',
        ' or  no',
        ', no',
        '|no',
        ' * no',
        ' (no)',
        ' – no',
        '?',
        '**?',
        ' – partly',
        ', in part',
        ' (maybe)',
      ],
      ...', partially|, perhaps|, probably|, possibly|, unsure|, uncertain'.split('|'),
    ])
      assert.deepEqual(faithfulVerdicts(`Verdict: Yes${rest}`, 1), { problem }, rest);
    const interrupts = 'wait|correction|edit|oops|sorry|moment|halt|korrektur'.split('|');
    const phrases = [
      'actually|hold on|on reflection|on second thought|scratch that|my mistake|i was wrong|i am wrong|i retract|i withdraw',
      'i take it back|i take that back|i take this back|disregard|nevermind|never mind|doch nicht|更正|等等|其实|其實|收回',
    ].flatMap((line) => line.split('|'));
    for (const words of [...interrupts, ...phrases]) {
      for (const lead of [
        '. ',
        ' – ',
        ', but ',
        '\n',
        '\n\n> **',
        '. So it is. ',
        '? So it is!\n',
        '. So it is! ',
        '. So it is? ',
        '. So it is… ',
      ])
        assert.deepEqual(faithfulVerdicts(`Verdict: Yes${lead}${words}: so`, 1), { problem }, lead + words);
      const inside = faithfulVerdicts(`Verdict: Yes. The context may ${words} so`, 1);
      assert.deepEqual(inside, { supported: 1, score: 1 }, words);
    }
    const behind = 'Verdict: Yes\nWait, that was said in 1. Not in 2.';
    assert.deepEqual(faithfulVerdicts(behind, 1), { problem });
    for (const words of interrupts)
      assert.ok(!('problem' in faithfulVerdicts(`Verdict: Yes\n${words} it is so`, 1)), words);
    for (const [word, turned] of [
      ['Yes', 'No'],
      ['No', 'Yes'],
    ])
      for (const rest of ['', '.', ', it is not.', ': so', ' – so', '\nSo'])
        assert.deepEqual(faithfulVerdicts(`Verdict: ${word}\n\n${turned}${rest}`, 1), { problem }, rest);
    for (const rest of ['. Verdict: No', ' nothing', ' for now'])
      assert.ok(
        !('problem' in faithfulVerdicts(`Verdict: Yes${rest}`, rest.includes('Verdict') ? 2 : 1)),
        rest,
      );
  });

  it('are none in a list with other words', () => {
    const problem = "the judge's final list holds more than Yes and No";
    for (const list of [
      'Yes. 5.',
      'Yes?',
      'Yes yes',
      'Yes not so',
      'Yes. Maybe.',
      'Yes and no.',
      'Yes? No.',
      'Yes？',
      'Yes ❌',
      'Not yes',
      'Yes, not',
    ])
      assert.deepEqual(faithfulVerdicts(`${FINAL} ${list}`, 1), { problem }, list);
    assert.deepEqual(faithfulVerdicts(`${FINAL} No ❌`, 1), { supported: 0, score: 0 });
  });
});

describe('parts of a context that are picked', () => {
  const text = 'Returns are free for 30 days. We ship to France. Tea is sold out.';
  const of = (answer: string) => neededSentences(answer, { text });

  it('are counted once each, by what is quoted of them', () => {
    const rows: [answer: string, count: number][] = [
      ['Returns are free for 30 days.', 1],
      ['We ship to France. We ship to France.', 1],
      ['- "WE ship, to France"\n* Tea is sold out', 2],
      ['Returns are free', 1],
      ['are free for', 1],
      ['to France', 1],
      ['We ship to France.\nSo: tea is sold out and so on', 2],
      ['I do not know. Tea is sold out.', 1],
      ['So: we ship to France, and tea is sold out', 2],
      [text, 3],
      ['Insufficient Information', 0],
    ];
    for (const [answer, count] of rows) assert.deepEqual(of(answer), { count, total: 3 }, answer);
    const within = (context: string, answer: string, count: number, total: number) =>
      assert.deepEqual(neededSentences(answer, { text: context }), { count, total }, answer);
    within('We ship to France. --- . Tea is sold out.', 'Tea is sold out.', 1, 3);
    within(
      'It says insufficient information. So it is.',
      'It says insufficient information. So it is.',
      2,
      2,
    );
    within('Wait here for tea. We ship to France.', 'Wait here for tea.', 1, 2);
    within('我们运送到法国。茶已售罄。', '运送到法国', 1, 2);
    const sentences = ['A is so. B is so.', 'C is so.'];
    assert.deepEqual(neededSentences('C is so.', { text: sentences.join('\n\n'), passages: sentences }), {
      count: 1,
      total: 2,
    });
    const nested = ['One two. Three four.', 'One two.'];
    assert.deepEqual(
      neededSentences('One two. Three four.', { text: nested.join('\n\n'), passages: nested }),
      { count: 1, total: 2 },
    );
    const passages = ['One two three', ' ', 'One two'];
    const listed = (answer: string) =>
      neededSentences(answer, { text: 'One two three\n\nOne two', passages });
    assert.deepEqual(listed('One two three'), { count: 1, total: 2 }, 'it is a part as it stands');
    assert.deepEqual(listed('One two three\nOne two'), { count: 2, total: 2 });
    const several = ['A is so.\nB is so.', 'C is so.'];
    assert.deepEqual(neededSentences('C is so.', { text: several.join('\n\n'), passages: several }), {
      count: 1,
      total: 2,
    });
    assert.deepEqual(
      neededSentences('A is so. B is so.', { text: several.join('\n\n'), passages: several }),
      {
        count: 1,
        total: 2,
      },
    );
    within('Tea. Tea is sold out. So it is.', 'Tea is sold out. Well.', 1, 3);
    within('We ship to France and to Spain. Tea is sold out.', 'We ship to\nFrance and\nto Spain', 1, 2);
    const lines = neededSentences('We ship.', { text: 'We ship. So.\nTea is sold out.' });
    assert.deepEqual(lines, { count: 1, total: 2 });
  });

  it('are none where nothing is quoted, or too little, or all is taken back', () => {
    const none = { problem: 'the judge quotes nothing of the context', misformed: true };
    for (const answer of [
      'is',
      'All of it.',
      'We ship to Spain.',
      'are free',
      'free for 30',
      'France',
      'hip to France',
    ])
      assert.deepEqual(of(answer), none, answer);
    const rows: [answer: string, problem: string][] = [
      ['Tea is sold out. Insufficient information.', 'the judge quotes the context and finds nothing in it'],
      [`${text} Insufficient information.`, 'the judge quotes the context and finds nothing in it'],
      ['Tea is sold out.\nActually, no.', 'the judge takes its choice back'],
      ['Not needed: Tea is sold out.', 'the judge quotes what it does not pick'],
      ['None of: Tea is sold out.', 'the judge quotes what it does not pick'],
      ['a. '.repeat(1001), 'the judge picked out too many sentences'],
    ];
    for (const [answer, problem] of rows) assert.deepEqual(of(answer), { problem }, answer.slice(0, 50));
    for (const word of ["isn't", "aren't", 'irrelevant', 'unneeded', 'unnecessary', 'except', 'excluding'])
      assert.deepEqual(
        of(`So ${word} – tea is sold out`),
        { problem: 'the judge quotes what it does not pick' },
        word,
      );
    assert.deepEqual(neededSentences('a', { text: ' \n' }), { problem: 'the context has no sentence' });
    assert.deepEqual(of('a. '.repeat(1000)), none);
  });
});

describe('a classification of sentences', () => {
  const expected = 'Marie was born in Warsaw. She won two prizes.';
  const of = (answer: string) => attributions(answer, expected);

  it('speaks of each in order, by number, words or the verdict alone', () => {
    const rows: [answer: string, attributed: number][] = [
      ['1. Marie was born in Warsaw. [Attributed]\n2. She won two prizes. [Not Attributed]', 1],
      ['[ attributed ]\n- [NOT  attributed]', 1],
      ['1) As I see it: [Attributed]\n**2.** So [Attributed]', 2],
      ['Born in Warsaw, Marie [Attributed]. Two prizes she won [Attributed] so it is', 2],
      ['[Attributed]\n[Attributed]\nThat is all.', 2],
      ['[Attributed] so it is\n- [Attributed]', 2],
      ['[Attributed]\n[Attributed]\nwa\nit', 2],
      ['[Attributed]\nShe won things [Attributed]', 2],
    ];
    for (const [answer, attributed] of rows) assert.deepEqual(of(answer), { attributed, total: 2 }, answer);
    const lower = 'It is so. ok then.';
    assert.deepEqual(
      attributions('[Attributed]', lower),
      { attributed: 1, total: 1 },
      'by the rules of Unicode',
    );
    assert.deepEqual(attributions('[Attributed] '.repeat(3), lower), {
      problem: 'the judge classified 3 sentences, and the expected answer has 2',
    });
    assert.deepEqual(attributions('我说他们赢了吗 [Attributed]', '他们赢了。'), { attributed: 1, total: 1 });
  });

  it('is none where it is of other sentences, or taken back', () => {
    const both = '[Attributed]\n[Attributed]';
    const rows: [answer: string, problem: object][] = [
      [
        'All is well.',
        {
          problem: 'the judge said of no sentence whether it is [Attributed] or [Not Attributed]',
          misformed: true,
        },
      ],
      [
        '[Attributed]',
        { problem: 'the judge classified 1 sentence, and the expected answer has 2', misformed: true },
      ],
      [
        `${both}\n[Attributed]`,
        { problem: 'the judge classified 3 sentences, and the expected answer has 2' },
      ],
      [`${both} – wait`, { problem: 'the judge takes its classification back' }],
      [`${both}\nScore: 0`, { problem: 'the judge takes its classification back' }],
      ...['\nThe weather is fine\n- ', '\n5 ', '\nShe did so '].map((claim): [string, object] => [
        `[Attributed]${claim}[Attributed]`,
        { problem: "the judge's classification 2 is not of sentence 2" },
      ]),
      [
        '1. Marie was born in Warsaw. She won two prizes. [Attributed] So what may that mean: [Attributed]',
        { problem: "the judge's classification 2 is not of sentence 2" },
      ],
      [
        'Sorry, what may this mean [Attributed]\n[Attributed]',
        { problem: "the judge's classification 1 is not of sentence 1" },
      ],
      [
        'Sorry, what may this mean [Attributed]\n5 [Attributed]',
        { problem: "the judge's classification 1 is not of sentence 1" },
      ],
      [
        'Marie was born in Warsaw. [Attributed] So what may that mean: [Attributed]',
        { problem: "the judge's classification 2 is not of sentence 2" },
      ],
    ];
    for (const [answer, problem] of rows) assert.deepEqual(of(answer), problem, answer);
  });
});
