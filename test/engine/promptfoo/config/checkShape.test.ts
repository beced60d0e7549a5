import assert from 'node:assert/strict';
import { loadFiles, workspaceOf } from '../promptfooRun.ts';

const FILE = 'promptfooconfig.yaml';
const HEAD = 'prompts: ["say {{q}}"]\nproviders: [echo]\n';
const DEFAULT = 'defaultTest: { assert: [{ type: contains, value: say }] }\n';

/** What is said of a file: severity, line and message. */
async function said(text: string, files: { [path: string]: string } = {}): Promise<string[]> {
  const { problems } = await loadFiles({ [FILE]: `${HEAD}${text}`, ...files });
  return problems.map(
    ({ severity, location, message, remedy }) =>
      `${location.path}:${location.line} ${severity}: ${message}. ${remedy ?? ''}`,
  );
}

/** A test that lost its assertions would pass by those of defaultTest alone. */
describe('what a promptfoo file holds in the wrong form', () => {
  const errors: { [yaml: string]: RegExp } = {
    'assert: file://checks.yaml': /:4 error: "assert" of a test must be a list/,
    'assert: { type: contains, value: zzz }': /:4 error: "assert" of a test must be a list/,
    'assert: [contains zzz]': /:4 error: an assertion must be a map, not "contains zzz"/,
    'assert: [{ type: assert-set, assert: [zzz] }]': /:4 error: an assertion must be a map, not "zzz"/,
    'vars: file://none-*.yaml': /:4 error: no file matches file:\/\/none-\*\.yaml/,
    'vars: file://list.yaml': /:4 error: list\.yaml holds no map of variables/,
    'options: [a]': /:4 error: "options" of a test must be a map/,
    'options: { disableDefaultAsserts: "yes" }':
      /:4 error: "disableDefaultAsserts" of "options" of a test must be true or false/,
    'threshold: "0.5"': /:4 error: "threshold" of a test must be a number/,
    'prompts: one': /:4 error: "prompts" of a test must be a list/,
    'providers: echo': /:4 error: "providers" of a test must be a list/,
  };
  for (const [part, expected] of Object.entries(errors))
    it(`is an error: ${part}`, async () => {
      const text = `${DEFAULT}tests: [{ ${part} }]\n`;
      const found = await said(text, { 'list.yaml': '- 1\n' });
      assert.match(found.join('\n'), expected);
    });

  const warnings: { [yaml: string]: RegExp } = {
    'tests: [{ asserts: [{ type: contains, value: zzz }] }]':
      /:4 warning: "asserts" of a test is not read and is left out\. Did you mean assert\?/,
    'tests: [{ treshold: 0.4 }]': /"treshold" of a test is not read.*Did you mean threshold\?/,
    'tests: [{ options: { prefx: a } }]': /"prefx" of "options" of a test is not read.*Did you mean prefix\?/,
    'tests: [{ options: { temperature: 1 } }]': /"temperature" of "options" of a test is not read/,
    'scenarios: [{ config: [{ vars: { q: 1 } }], test: [] }]': /"test" of a scenario .*Did you mean tests\?/,
    'scenarios: [{ config: [{ asserts: [] }] }]': /"asserts" of a test is not read/,
    'evaluateOptions: { repeats: 3 }': /"repeats" of "evaluateOptions" is not read.*Did you mean repeat\?/,
    'evaluateOptions: { maxEvalTimeMs: 3 }': /"maxEvalTimeMs" of "evaluateOptions" is not read/,
    'assert: []': /:4 warning: "assert" is not a key of this file.*Did you mean assert of a test/,
    'scenario: []': /:4 warning: "scenario" is not a key of this file.*Did you mean scenarios\?/,
    'commandLineOptions: { repeat: 3 }': /:4 warning: "commandLineOptions" of promptfoo is not supported/,
  };
  for (const [text, expected] of Object.entries(warnings))
    it(`is said: ${text}`, async () => {
      assert.match((await said(`${DEFAULT}${text}\n`)).join('\n'), expected);
    });

  const rest: { [yaml: string]: RegExp } = {
    'defaultTest: [1]': /:3 error: "defaultTest" must be a map/,
    'defaultTest: file://list.yaml': /:3 error: "defaultTest" must be a map/,
    'evaluateOptions: { repeat: "3" }': /:3 error: "repeat" of "evaluateOptions" must be a number/,
    'scenarios: [{ configs: [] }]': /:3 error: a scenario must be a map with a "config"/,
    'scenarios: file://none.yaml': /:3 error: none\.yaml: the file does not exist/,
    'scenarios: [file://none-*.yaml]': /:3 error: no file matches file:\/\/none-\*\.yaml/,
    'tests: twice.csv': /twice\.csv:1 error: two columns are named '__expected'\. Number them: __expected1/,
  };
  for (const [text, expected] of Object.entries(rest))
    it(`is an error: ${text}`, async () => {
      const files = { 'list.yaml': '- 1\n', 'twice.csv': 'q,__expected,__expected\n1,equals:1,equals:2\n' };
      assert.match((await said(`${text}\n`, files)).join('\n'), expected);
    });

  it('is nothing of what is right, or nobody else’s', async () => {
    const text = `${DEFAULT}x-parts: [1]
_own: 1
tags: { a: b }
sharing: false
models: &m [1]
evaluateOptions: { maxConcurrency: 2, repeat: 1, cache: false, showProgressBar: false }
tests: [{ vars:, assert:, description: d, metadata: { a: 1 }, options: { prefix: a, repeat: 2 } }]
`;
    assert.deepEqual(await said(text), []);
  });

  it('does not stop the file, where it is only said', async () => {
    const { config } = await workspaceOf({ [FILE]: `${HEAD}${DEFAULT}tests: [{ asserts: [] }]\n` });
    assert.equal(config.suites[0]?.cases?.length, 1);
  });
});

describe('providers of promptfoo that are no models', () => {
  for (const id of ['anthropic:claude-agent-sdk', 'anthropic:claude-code', 'openai:codex-sdk', 'xai:voice:x'])
    it(`are not asked as if they were: ${id}`, async () => {
      const { problems } = await loadFiles({
        [FILE]: `prompts: [x]\nproviders: ['${id}']\n${DEFAULT}tests: [{}]\n`,
      });
      assert.match(problems[0]?.message ?? '', /the provider ".*" is not supported/);
    });
});

describe('parts of a promptfoo file that are files', () => {
  it('are scenarios, one or a list in each', async () => {
    const one = 'config: [{ vars: { q: 1 } }]\ntests: [{ assert: [{ type: equals, value: say 1 }] }]\n';
    const two =
      '[{ config: [{ vars: { q: 2 } }, { vars: { q: 3 } }], tests: [{ assert: [{ type: is-json }] }] }]';
    const { config } = await workspaceOf({
      [FILE]: `${HEAD}scenarios: [file://parts/*.yaml, file://two.json]\n`,
      'parts/one.yaml': one,
      'two.json': JSON.stringify([
        { config: [{ vars: { q: 4 } }], tests: [{ assert: [{ type: 'is-json' }] }] },
      ]),
      'parts/two.yaml': two,
    });
    const inputs = config.suites.flatMap((suite) => suite.cases ?? []).map(({ case: { input } }) => input);
    assert.deepEqual(inputs, [{ q: 1 }, { q: 2 }, { q: 3 }, { q: 4 }]);
  });

  it('are the variables of defaultTest', async () => {
    const { config } = await workspaceOf({
      [FILE]: `${HEAD}defaultTest: { vars: file://all.yaml, assert: [{ type: 'is-json' }] }\ntests: [{ vars: { r: 2 } }]\n`,
      'all.yaml': 'q: 1\n',
    });
    assert.deepEqual(config.suites[0]?.cases?.[0]?.case.input, { q: 1, r: 2 });
  });
});
