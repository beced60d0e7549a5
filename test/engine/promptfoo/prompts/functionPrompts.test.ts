import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'mocha';
import { isAllowed } from '../../../../src/engine/promptfoo/targets/planTargets.ts';
import { skip } from '../../../support/skip.ts';
import { loadFiles, runFiles } from '../promptfooRun.ts';

const CONFIG = 'promptfooconfig.yaml';
const hasPython = spawnSync('python3', ['--version']).status === 0;

describe('functions that write prompts', function () {
  this.timeout(60_000);

  describe('what they return is a template', () => {
    const RAW = 'Hi {% raw %}{{y}}{% endraw %} {{ a }}';
    const forms: [name: string, file: string, code: string, expected: string][] = [
      ['a text', 'p.mjs', `export default () => '${RAW}';`, 'Hi {{y}} V'],
      ['a prompt', 'p.mjs', `export default () => ({ prompt: '${RAW}' });`, 'Hi {{y}} V'],
      ['a text that is no template', 'p.mjs', `export default () => 'A {{ open\\nend';`, 'A {{ open\nend'],
      [
        'a chat',
        'p.mjs',
        `export default () => [{ role: 'user', content: '${RAW}' }];`,
        JSON.stringify([{ role: 'user', content: 'Hi {{y}} V' }], null, 2),
      ],
      [
        'a chat in prompt',
        'p.mjs',
        `export default () => ({ prompt: [{ role: 'user', content: '${RAW}' }] });`,
        JSON.stringify([{ role: 'user', content: 'Hi {{y}} V' }], null, 2),
      ],
      ['Python', 'p.py:f', `def f(context):\n    return '${RAW}'\n`, 'Hi {{y}} V'],
      [
        'a chat of Python',
        'p.py:f',
        `def f(context):\n    return [{'role': 'user', 'content': '${RAW}'}]\n`,
        JSON.stringify([{ role: 'user', content: 'Hi {{y}} V' }], null, 2),
      ],
    ];
    for (const [name, file, code, expected] of forms) {
      it(name, async function () {
        if (file.includes('.py') && !hasPython) skip(this, 'python3 is not installed');
        const [result] = await runFiles({
          [CONFIG]: `
prompts: [file://${file}]
providers: [echo]
tests: [{ vars: { a: V }, options: { prefix: 'never ' }, assert: [{ type: contains, value: '' }] }]
`,
          [file.replace(/:.*/, '')]: code,
        });
        assert.equal(result?.output.text, expected, result?.reason);
      });
    }
  });

  describe('their labels', () => {
    const files = (refs: string): { [path: string]: string } => ({
      [CONFIG]: `
prompts: [file://p.mjs:f, 'x {{a}}']
providers: [echo]
tests: [{ vars: { a: V }, prompts: [${refs}], assert: [{ type: equals, value: f V }] }]
`,
      'p.mjs': `export const f = ({ vars }) => 'f ' + vars.a;\n`,
    });

    for (const refs of ["'p.mjs:f'", 'p.mjs', "'p*'"]) {
      it(`are found by ${refs}`, async () => {
        const results = await runFiles(files(refs));
        assert.deepEqual(
          results.map(({ status, output }) => [status, output.text]),
          [['passed', 'f V']],
        );
      });
    }

    for (const refs of ['nope', "'p.mjs:g'", "'p.mjs:f', nope"]) {
      it(`are not ${refs}, which ends the evaluation`, async () => {
        const { workspace, problems } = await loadFiles(files(refs));
        assert.equal(workspace, undefined);
        const [problem] = problems.filter(({ severity }) => severity === 'error');
        assert.match(problem?.message ?? '', /prompt '(?:nope|p\.mjs:g)'.*no prompt of that name/);
        assert.match(problem?.remedy ?? '', /p\.mjs:f, x \{\{a\}\}/);
        assert.equal(problem?.location.line, 4);
      });
    }

    it('are found from the folder in which promptfoo is started', () => {
      const location = { path: 'dir/promptfooconfig.yaml', line: 1, column: 1 };
      const prompt = { label: 'p.mjs:f', longLabel: 'dir/p.mjs:f', name: 'p', raw: '', location };
      for (const name of ['p.mjs:f', 'p.mjs', 'dir/p.mjs:f', 'dir/*'])
        assert.ok(isAllowed(prompt, [name]), name);
      for (const name of ['f', 'p.mjs:g', 'dir']) assert.ok(!isAllowed(prompt, [name]), name);
    });

    it('name providers as well', async () => {
      const { workspace, problems } = await loadFiles({
        [CONFIG]: `
prompts: ['{{a}}']
providers: [{ id: echo, label: mirror }]
tests: [{ vars: { a: V }, providers: [mirrors], assert: [{ type: equals, value: V }] }]
`,
      });
      assert.equal(workspace, undefined);
      assert.match(problems[0]?.message ?? '', /provider 'mirrors'.*no provider of that name/);
    });
  });

  describe('the conversation', () => {
    const tests = `
tests:
  - { vars: { m: one }, metadata: { conversationId: c }, assert: [{ type: equals, value: '[] one' }] }
  - { vars: { m: two }, metadata: { conversationId: c }, assert: [{ type: equals, value: '[[] one] two' }] }
`;

    it('is theirs where they read it', async () => {
      const results = await runFiles({
        [CONFIG]: `prompts: [file://p.mjs]\nproviders: [echo]\n${tests}`,
        'p.mjs': `export default ({ vars }) => {
  const t = (vars._conversation ?? []).map((c) => c.output).join('|');
  return \`[\${t}] \${vars.m}\`.replaceAll('{{', '{% raw %}{{').replaceAll('}}', '}}{% endraw %}');
};`,
      });
      assert.deepEqual(
        results.map(({ status, output }) => [status, output.text]),
        [
          ['passed', '[] one'],
          ['passed', '[[] one] two'],
        ],
      );
    });

    it('that nothing reads is a warning', async () => {
      const { problems } = await loadFiles({
        [CONFIG]: `prompts: ['{{m}}']\nproviders: [echo]\n${tests}`,
      });
      const found = problems.filter(({ code }) => code === 'unread-conversation');
      assert.equal(found.length, 1);
      assert.match(found[0]?.message ?? '', /conversationId.*_conversation/);
      assert.equal(found[0]?.location.line, 5);
    });
  });
});
