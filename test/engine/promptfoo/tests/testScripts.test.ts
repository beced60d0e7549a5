import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { loadFiles, runFiles } from '../promptfooRun.ts';

const CONFIG = 'promptfooconfig.yaml';

describe('scripts of promptfoo tests', function () {
  this.timeout(30_000);

  describe('transformVars', () => {
    const files = {
      [CONFIG]: `
prompts: ['{{said}}']
providers: [echo]
defaultTest: { options: { transformVars: '({ x: 1, said: vars.x.join("+") })' } }
tests:
  - { vars: { x: [a, b] }, assert: [{ type: equals, value: '{{said}}' }, { type: contains, value: a+b }] }
  - { vars: { x: [c] }, options: { transformVars: '({ said: ["d", "e"] })' }, assert: [{ type: contains, value: '{{said}}' }] }
`,
    };

    it('makes the variables that prompts and assertions see, before lists are expanded', async () => {
      const results = await runFiles(files);
      assert.deepEqual(
        results.map(({ caseId, status, output }) => [caseId, status, output.text]),
        [
          ['test-1', 'passed', 'a+b'],
          ['test-2.1', 'passed', 'd'],
          ['test-2.2', 'passed', 'e'],
        ],
      );
    });

    it('asks for trust, and calls nothing without it', async () => {
      const results = await runFiles(files, { trust: { scripts: false } });
      assert.equal(results.length, 3);
      for (const { status, reason, output } of results) {
        assert.equal(status, 'errored');
        assert.match(reason, /transformVars is JavaScript.*--trust/);
        assert.equal(output.text, '');
      }
    });

    it('is an error of its own test where it throws or returns no map', async () => {
      const results = await runFiles({
        [CONFIG]: `
prompts: ['{{x}}']
providers: [echo]
tests:
  - { vars: { x: a }, options: { transformVars: vars.missing.y }, assert: [{ type: contains, value: a }] }
  - { vars: { x: a }, options: { transformVars: '"text"' }, assert: [{ type: contains, value: a }] }
  - { vars: { x: a }, options: { transformVars: '[vars]' }, assert: [{ type: contains, value: a }] }
  - { vars: { x: a }, assert: [{ type: contains, value: a }] }
`,
      });
      assert.deepEqual(
        results.map(({ status }) => status),
        ['errored', 'errored', 'errored', 'passed'],
      );
      assert.match(results[0]?.reason ?? '', /transformVars: TypeError/);
      assert.match(results[1]?.reason ?? '', /must return a map/);
    });

    it('gives the same uuid in every run, and another one to every test', async () => {
      const uuids = async () =>
        (
          await runFiles({
            [CONFIG]: `
prompts: ['{{id}}']
providers: [echo]
defaultTest: { options: { transformVars: '({ id: context.uuid })' }, assert: [{ type: regex, value: '-' }] }
tests: [{ vars: { x: a } }, { vars: { x: b } }]
`,
          })
        ).map(({ output }) => output.text);
      const first = await uuids();
      assert.equal(new Set(first).size, 2);
      assert.deepEqual(await uuids(), first);
    });

    it('says where a script is missing or is no JavaScript', async () => {
      const { workspace, problems } = await loadFiles({
        [CONFIG]: `prompts: ['{{x}}']
providers: [echo]
tests:
  - { vars: { x: a }, options: { transformVars: file://none.js }, assert: [{ type: contains, value: a }] }
  - { vars: { x: a }, options: { transformVars: file://vars.py }, assert: [{ type: contains, value: a }] }
`,
      });
      assert.ok(workspace);
      assert.deepEqual(
        problems.map(({ code, location }) => [code, location.line]),
        [
          ['unusable-test', 4],
          ['unusable-test', 5],
        ],
      );
    });
  });

  describe('assertScoringFunction', () => {
    const files = {
      [CONFIG]: `
prompts: ['{{x}}']
providers: [echo]
defaultTest: { assertScoringFunction: file://score.js }
tests:
  - { vars: { x: a }, assert: [{ type: contains, value: b, metric: m }] }
  - { vars: { x: a }, assert: [{ type: contains, value: a, metric: m }, { type: javascript, value: missing.y }] }
  - { vars: { x: a } }
  - { vars: { x: a }, assertScoringFunction: file://score.js:beyond, assert: [{ type: contains, value: a }] }
`,
      'score.js': `
module.exports = (metrics) => ({ pass: true, score: metrics.m + 0.25, reason: 'by hand' });
module.exports.beyond = () => ({ pass: true, score: 7, reason: 'too much' });
`,
    };

    it('makes the verdict, but not out of what could not be measured', async () => {
      const results = await runFiles(files);
      assert.deepEqual(
        results.map(({ status, score }) => [status, score]),
        [
          ['passed', 0.25],
          ['errored', null],
          ['errored', null],
          ['passed', 1],
        ],
      );
      assert.equal(results[0]?.reason, 'by hand');
      assert.match(results[1]?.reason ?? '', /missing is not defined/);
      assert.match(results[2]?.reason ?? '', /nothing was measured/);
    });

    it('asks for trust', async () => {
      const [first] = await runFiles(files, { trust: { scripts: false } });
      assert.equal(first?.status, 'errored');
      assert.match(first?.reason ?? '', /assertScoringFunction is JavaScript.*--trust/);
    });

    it('says where it names no JavaScript', async () => {
      const { problems } = await loadFiles({
        [CONFIG]: `prompts: ['{{x}}']
providers: [echo]
tests:
  - { vars: { x: a }, assertScoringFunction: score.js, assert: [{ type: contains, value: a }] }
  - { vars: { x: a }, assertScoringFunction: 'file://none.js', assert: [{ type: contains, value: a }] }
`,
      });
      assert.deepEqual(
        problems.map(({ code, location }) => [code, location.line]),
        [
          ['unusable-test', 4],
          ['unusable-test', 5],
        ],
      );
      assert.match(problems[0]?.remedy ?? '', /file:\/\/scoring\.js/);
    });
  });
});
