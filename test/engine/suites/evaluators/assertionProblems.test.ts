import assert from 'node:assert/strict';
import path from 'node:path';
import type { LocatedCase } from '../../../../src/engine/model/case.ts';
import type { JsonObject } from '../../../../src/engine/model/json.ts';
import { wholeClient } from '../../../../src/engine/models/clientForms.ts';
import { fixedEnvironment, noSpan } from '../../../../src/engine/ports.ts';
import { caseEvaluators } from '../../../../src/engine/runs/preparation/caseEvaluators.ts';
import { checkWorkspace } from '../../../../src/engine/suites/loadWorkspace.ts';
import { validateFile } from '../../../../src/engine/suites/validateFiles.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';
import { depsWith, inputWith } from '../../evaluators/evaluating.ts';
import { loadFiles, runFiles } from '../../promptfoo/promptfooRun.ts';

const { signal } = new AbortController();
const environment = fixedEnvironment({});
/** A judge that is never asked. */
const JUDGE = {
  judgeModel: 'a/b',
  models: {
    client: () => wholeClient({ provider: 'a', model: 'b' }, () => Promise.reject(new Error('asked'))),
  },
};

describe('an assertion that cannot be used', () => {
  for (const [assertion, message] of [
    [{ type: 'contains', value: 'abc', thresold: 2 }, /no option "thresold"; did you mean "threshold"/],
    [{ type: 'levenshtein', value: 'a', config: { mim: 1 } }, /no option "mim"/],
    [{ type: 'regex', value: '(' }, /is not a valid regular expression|is not a valid regular expression/],
    [{ type: 'regex', value: '(?i)hello' }, /begins with \(\?i\)/],
    [{ type: 'word-count', value: { min: 5, max: 2 } }, /word-count needs a number/],
    [{ type: 'trajectory:tool-used', min: 1 }, /needs either tools or a name/],
    [{ type: 'not-max-score' }, /cannot be negated/],
    [{ type: 'rubric', value: 'is {{ a b }}' }, /not a plain name/],
    [{ type: 'length', unit: 'word', max: 2 }, /"unit" must be one of/],
  ] as [JsonObject, RegExp][]) {
    it(`is reported by validate where a run refuses it: ${JSON.stringify(assertion)}`, async () => {
      const root = temporaryFolder({
        'a.golden.jsonl': `{"schema_version":"2.0.0","version":"1.0.0"}\n${JSON.stringify({ id: 'c', input: 'x', assert: [assertion] })}\n`,
      });
      const problems = await validateFile(path.join(root, 'a.golden.jsonl'), { root, environment, signal });
      assert.deepEqual(
        problems.map(({ severity, location }) => [severity, location.line]),
        [['error', 2]],
      );
      assert.match(problems[0]?.message ?? '', message);

      const location = problems[0]?.location ?? assert.fail();
      const located: LocatedCase = { case: { id: 'c', input: 'x', assert: [assertion] }, index: 0, location };
      const [evaluator] = caseEvaluators({ specs: [], takesPart: () => true, deps: depsWith(JUDGE) })(
        located,
      );
      const score = await evaluator?.evaluate(inputWith('x'), { signal, span: noSpan });
      assert.equal(score?.status, 'error');
      assert.match(score?.reason ?? '', message);
      assert.ok(score?.reason?.startsWith('a.golden.jsonl:2:'), score?.reason);
    });
  }

  it('finds nothing in one that can', async () => {
    const assertions = [
      { type: 'levenshtein', value: 'sitting', min: 0.9 },
      { type: 'pii', config: { allow: ['a'] } },
      { type: 'rubric', value: 'polite', model: 'openai/m' },
      { type: 'similar', value: 'x', model: 'openai/e' },
      { type: 'javascript', value: 'output.length > 1', config: { any: 1 } },
      { type: 'is-json', value: 'schema.json' },
      { type: 'contains', value: 'file://a.txt' },
    ];
    const root = temporaryFolder({
      'a.golden.jsonl': `{"schema_version":"2.0.0","version":"1.0.0"}\n${JSON.stringify({ id: 'c', input: 'x', assert: assertions })}\n`,
    });
    assert.deepEqual(
      await validateFile(path.join(root, 'a.golden.jsonl'), { root, environment, signal }),
      [],
    );
  });

  it('is reported at its key in a suite, in both forms', async () => {
    const text = `suites:
  s:
    dataset: a.golden.yaml
    targets: [{ name: t, echo: a.prompt.yml }]
    evaluators:
      - type: contains
        value: x
        thresold: 2
      - contains: { value: x, thresold: 2 }
      - type: assert-set
        assert:
          - type: contains
            value: x
            config: { nonsense: 1 }
      - regex: "("
`;
    const root = temporaryFolder({
      'touchstone.yaml': text,
      'a.golden.yaml': '',
      'a.prompt.yml': 'messages: [{ role: user, content: hi }]\n',
    });
    const { problems } = await checkWorkspace({ root, environment, signal });
    assert.deepEqual(
      problems.map(({ location }) => [location.line, location.column]),
      [
        [8, 9],
        [9, 31],
        [14, 23],
        [15, 9],
      ],
    );
  });

  it('in a promptfoo file tells how such a file names a judge, and is a judge’s, without a score', async () => {
    const [result] = await runFiles({
      'promptfooconfig.yaml': `prompts: ['{{x}}']
providers: [echo]
tests:
  - vars: { x: abc }
    assert: [{ type: contains, value: abc }, { type: llm-rubric, value: polite }]
`,
    });
    assert(result);
    assert.deepEqual([result.status, result.score], ['errored', null]);
    const judge = result.evaluations.find(({ type }) => type === 'rubric');
    assert.equal(judge?.stage, 'judge');
    assert.match(judge?.reason ?? '', /defaultTest\.options.*--judge/s);
  });

  it('in a promptfoo file keeps promptfoo’s verdict where the key is unknown to both, with a warning', async () => {
    const files = {
      'promptfooconfig.yaml': `prompts: ['{{x}}']
providers: [echo]
tests:
  - vars: { x: abc }
    assert:
      - { type: contains, value: abc, thresold: 2 }
      - { type: assert-set, assert: [{ type: contains, value: abc, nonsense: 1 }] }
      - { type: equals, value: abc, config: { strange: 1 } }
`,
    };
    const { problems } = await loadFiles(files);
    assert.deepEqual(
      problems.map(({ code, severity, message }) => [
        code,
        severity,
        /"(\w+)" of ([\w-]+)/.exec(message)?.slice(1),
      ]),
      [
        ['unknown-key', 'warning', ['thresold', 'contains']],
        ['unknown-key', 'warning', ['nonsense', 'contains']],
        ['unknown-key', 'warning', ['strange', 'equals']],
      ],
    );
    const results = await runFiles(files);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['passed'],
    );
  });
});
