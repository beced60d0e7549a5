import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'mocha';
import { skip } from '../../../support/skip.ts';
import { loadFiles, runFiles } from '../promptfooRun.ts';

const CONFIG = 'promptfooconfig.yaml';
const hasPython = spawnSync('python3', ['-c', '']).status === 0;

describe('programs of promptfoo suites', function () {
  this.timeout(60_000);

  const javascript = {
    [CONFIG]: `
env: { MODE: quick, TOKEN: '{{env.TOKEN}}' }
prompts: ['Hi {{name}}']
providers:
  - { id: file://agents/common.cjs, config: { tone: warm } }
  - file://./agents/module.mjs
  - file://agents/function.js
  - file://agents/fails.js
tests:
  - vars: { name: Ada }
    assert:
      - { type: contains, value: 'Hi Ada' }
      - { type: javascript, value: context.providerResponse.tokenUsage.total === 7 && context.providerResponse.metadata.tone === 'warm' }
`,
    'agents/common.cjs': `
const { greet } = require('./greet.cjs');
console.log('noise');
process.stdout.write('more noise');
module.exports = class {
  constructor(options) { this.options = options; }
  id() { return 'own'; }
  async callApi(prompt, context) {
    const tokenUsage = { total: 7, prompt: 5, completion: 2 };
    const output = [greet(prompt), context.vars.name, process.env.MODE, process.env.TOKEN, process.env.OTHER].join('|');
    return { output, tokenUsage, cost: 0.25, metadata: this.options.config };
  }
};
`,
    'agents/greet.cjs': 'exports.greet = (text) => text;\n',
    'agents/module.mjs': `
export default class {
  async callApi(prompt) {
    return { output: prompt, tokenUsage: { total: 7, prompt: 7, completion: 0 }, metadata: { tone: 'warm' } };
  }
}
`,
    'agents/function.js': `
export default (prompt) => ({ output: { said: prompt }, tokenUsage: { prompt: 7, completion: 0 }, metadata: { tone: 'warm' } });
`,
    'agents/fails.js': `module.exports = class { async callApi() { return { error: 'no quota' }; } };\n`,
    'package.json': '{}',
  };

  it('calls a class, a module or a function in JavaScript', async () => {
    const results = await runFiles(javascript, { environment: { TOKEN: 't', OTHER: 'secret' } });
    assert.deepEqual(
      results.map(({ status }) => status),
      ['passed', 'passed', 'passed', 'errored'],
      JSON.stringify(results.map(({ reason }) => reason)),
    );
    const [first, , third, fourth] = results;
    assert.equal(first?.output.text, 'Hi Ada|Ada|quick|t|');
    assert.deepEqual(first?.output.usage, { inputTokens: 5, outputTokens: 2 });
    assert.equal(first?.output.costUsd, 0.25);
    assert.equal(third?.output.text, '{"said":"Hi Ada"}');
    assert.match(fourth?.reason ?? '', /no quota/);
  });

  it('runs none where scripts are not trusted, and says so', async () => {
    const results = await runFiles(javascript, { trust: { scripts: false }, environment: { TOKEN: 't' } });
    assert.ok(results.every(({ status, reason }) => status === 'errored' && /--trust/.test(reason ?? '')));
  });

  it('warns of a program that is not there, and of one outside of the workspace', async () => {
    const { problems } = await loadFiles({
      [CONFIG]: `prompts: [x]
providers:
  - file://gone.mjs
  - python:../outside.py
tests: [{ assert: [{ type: contains, value: x }] }]
`,
    });
    assert.deepEqual(
      problems.map(({ code, location }) => [code, location.line]),
      [
        ['unsupported-provider', 3],
        ['unsupported-provider', 4],
      ],
    );
    assert.match(problems[0]?.message ?? '', /gone\.mjs/);
  });

  it('calls a function in Python', async function () {
    if (!hasPython) skip(this, 'python3 is not installed');
    const results = await runFiles({
      [CONFIG]: `
prompts: ['Hi {{name}}']
providers:
  - { id: python:agent.py, config: { tone: warm } }
  - file://agent.py:later
  - file://agent.py:broken
tests:
  - vars: { name: Ada }
    assert: [{ type: contains, value: 'Hi Ada warm Ada' }]
`,
      'agent.py': `
import sibling

def call_api(prompt, options, context):
    print('noise')
    tone = options['config'].get('tone', 'warm')
    return {'output': sibling.join(prompt, tone, context['vars']['name']), 'tokenUsage': {'prompt': 1, 'completion': 2, 'total': 3}}

async def later(prompt, options, context):
    return call_api(prompt, options, context)

def broken(prompt, options, context):
    raise ValueError('no such order')
`,
      'sibling.py': `def join(*parts):\n    return ' '.join(parts)\n`,
    });
    assert.deepEqual(
      results.map(({ status }) => status),
      ['passed', 'passed', 'errored'],
      JSON.stringify(results.map(({ reason }) => reason)),
    );
    assert.deepEqual(results[0]?.output.usage, { inputTokens: 1, outputTokens: 2 });
    assert.match(results[2]?.reason ?? '', /agent\.py failed: ValueError: no such order\..*line 13/s);
  });

  it('asks functions for their prompts: texts, chats and templates', async () => {
    const files = {
      [CONFIG]: `
prompts:
  - { id: file://prompts/write.cjs, label: common }
  - file://prompts/write.mjs:chat
  - file://prompts/write.mjs:template
  - file://prompts/write.mjs:configured
providers: [{ id: echo, label: mirror }]
tests:
  - vars: { name: Ada }
    assert: [{ type: contains, value: Ada }, { type: not-contains, value: '{% raw %}{{{% endraw %}' }]
`,
      'prompts/write.cjs': `
const { greet } = require('./greet.cjs');
module.exports = async ({ vars, provider }) => greet(vars.name) + ' ' + provider.label;
`,
      'prompts/greet.cjs': 'exports.greet = (name) => "Hi " + name;\n',
      'prompts/write.mjs': `
export const chat = ({ vars }) => [{ role: 'user', content: vars.name }];
export const template = () => ({ prompt: 'Dear {{name}}' });
export const configured = ({ vars }) => ({ prompt: vars.name, config: { temperature: 1 } });
`,
    };
    const results = await runFiles(files);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['passed', 'passed', 'passed', 'errored'],
      JSON.stringify(results.map(({ reason }) => reason)),
    );
    assert.equal(results[0]?.output.text, 'Hi Ada mirror');
    assert.deepEqual(JSON.parse(results[1]?.output.text ?? ''), [{ role: 'user', content: 'Ada' }]);
    assert.equal(results[2]?.output.text, 'Dear Ada');
    assert.match(results[3]?.reason ?? '', /config/);
    const untrusted = await runFiles(files, { trust: { scripts: false } });
    assert.ok(untrusted.every(({ status, reason }) => status === 'errored' && /--trust/.test(reason ?? '')));
  });

  it('asks a function in Python for its prompt, which must be named', async function () {
    if (!hasPython) skip(this, 'python3 is not installed');
    const results = await runFiles({
      [CONFIG]: `
prompts: [file://write.py:ask, file://write.py]
providers: [echo]
tests: [{ vars: { name: Ada }, assert: [{ type: equals, value: 'Who is Ada?' }] }]
`,
      'write.py': `def ask(context):\n    return f"Who is {context['vars']['name']}?"\n`,
    });
    assert.deepEqual(
      results.map(({ status }) => status),
      ['passed', 'errored'],
      JSON.stringify(results.map(({ reason }) => reason)),
    );
    assert.match(results[1]?.reason ?? '', /names no function/);
  });

  it('imports an assertion that needs others from where it stands', async () => {
    const files = {
      [CONFIG]: `
prompts: ['{{x}}']
providers: [echo]
defaultTest: { vars: { x: hello } }
tests:
  - assert: [{ type: javascript, value: 'file://checks/common.cjs', config: { word: hello } }]
  - assert: [{ type: javascript, value: 'file://checks/module.mjs:long', threshold: 0.5 }]
  - assert: [{ type: javascript, value: 'file://checks/typed.ts' }]
  - assert: [{ type: not-javascript, value: 'file://checks/module.mjs:none' }]
  - assert: [{ type: javascript, value: 'file://checks/module.mjs:missing' }]
`,
      'checks/common.cjs': `
const { readFileSync } = require('node:fs');
const path = require('node:path');
const words = readFileSync(path.join(__dirname, 'words.txt'), 'utf8').split(',');
module.exports = (output, { config, vars }) => {
  console.log('noise');
  return { pass: words.includes(output) && config.word === vars.x, score: 0.5, reason: 'known' };
};
`,
      'checks/words.txt': 'hello,bye',
      'checks/module.mjs': `
import { count } from './count.mjs';
export const long = async (output) => count(output) / 10;
export const none = (output) => count(output) === 0;
`,
      'checks/count.mjs': 'export const count = (text) => text.length;\n',
      'checks/typed.ts': 'export default (output: string): boolean => output === "hello";\n',
    };
    const results = await runFiles(files);
    assert.deepEqual(
      results.map(({ status, score }) => [status, score]),
      [
        ['passed', 0.5],
        ['passed', 0.5],
        ['passed', 1],
        ['passed', 1],
        ['errored', null],
      ],
      JSON.stringify(results.map(({ reason }) => reason)),
    );
    assert.match(results[4]?.reason ?? '', /no function missing/);
    const untrusted = await runFiles(files, { trust: { scripts: false } });
    assert.ok(untrusted.every(({ status, reason }) => status === 'errored' && /--trust/.test(reason ?? '')));
  });
});
