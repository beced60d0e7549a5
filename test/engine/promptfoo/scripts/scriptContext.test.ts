import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'mocha';
import { skip } from '../../../support/skip.ts';
import { runFiles } from '../promptfooRun.ts';

const hasPython = spawnSync('python3', ['--version']).status === 0;

describe('what scripts of promptfoo suites are told', function () {
  this.timeout(60_000);

  const files = (type: string, value: string): { [path: string]: string } => ({
    'promptfooconfig.yaml': `
prompts: ['Say {{a}}']
providers: [{ id: echo, label: mirror, config: { depth: 3, apiKey: 'sk-x', headers: { a: b } } }]
tests:
  - description: one
    vars: { a: x }
    metadata: { m: 1 }
    assert: [{ type: ${type}, value: ${JSON.stringify(value)}, config: { least: 2 } }]
`,
    'check.mjs': `import './other.mjs';\nexport default (output, { prompt, provider }) => prompt === output && provider.id() === 'echo';\n`,
    'other.mjs': '',
    'check.cjs': `module.exports = (output, context) => output.includes(context.prompt) && context.provider.label === 'mirror';\n`,
    'check.py': `def get_assert(output, context):\n    return context['prompt'] == output and context['provider']['id'] == 'echo'\n`,
  });

  const scripts: [type: string, value: string, status: 'passed' | 'failed'][] = [
    ['javascript', 'output.includes(context.prompt)', 'passed'],
    ['javascript', '!output.includes(context.prompt)', 'failed'],
    ['javascript', 'context.prompt === "Say x"', 'passed'],
    ['javascript', 'context.provider.id() === "echo" && `${context.provider.id}` === "echo"', 'passed'],
    ['javascript', 'context.provider.label === "mirror" && context.provider.config.depth === 3', 'passed'],
    ['javascript', '"apiKey" in context.provider.config || "headers" in context.provider.config', 'failed'],
    ['javascript', 'context.vars.a === "x" && context.test.description === "one"', 'passed'],
    ['javascript', 'context.test.metadata.m === 1 && context.config.least === 2', 'passed'],
    ['javascript', 'context.providerResponse.output === output', 'passed'],
    ['javascript', 'const p = context.prompt;\nreturn p.length === 5;', 'passed'],
    ['javascript', 'file://check.cjs', 'passed'],
    ['javascript', 'file://check.mjs', 'passed'],
    ['python', 'len(context["prompt"]) > 0', 'passed'],
    ['python', 'context["prompt"] not in output', 'failed'],
    ['python', 'context["provider"]["label"] == "mirror" and context["config"]["least"] == 2', 'passed'],
    ['python', 'file://check.py', 'passed'],
  ];
  for (const [type, value, status] of scripts) {
    it(`${type}: ${value.split('\n')[0]}`, async function () {
      if (type === 'python' && !hasPython) skip(this, 'python3 is not installed');
      const [result] = await runFiles(files(type, value));
      assert.equal(result?.status, status, result?.reason);
    });
  }

  it('includes members of sets, and the prompt as a label of transforms', async () => {
    const [result] = await runFiles({
      'promptfooconfig.yaml': `
prompts: ['Say {{a}}']
providers: [echo]
tests:
  - vars: { a: x }
    assert:
      - { type: assert-set, assert: [{ type: javascript, value: output === context.prompt }] }
      - { type: equals, value: 'Say x!', transform: context.prompt.label + '!' }
`,
    });
    assert.equal(result?.status, 'passed', result?.reason);
  });
});
