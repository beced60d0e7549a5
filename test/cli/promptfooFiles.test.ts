import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { touchstone } from '../support/commandLine.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('touchstone and files of promptfoo by any name', function () {
  this.timeout(60_000);
  const SUITE = (tests: string) => `prompts: ['{{q}}']\nproviders: [echo]\ntests: ${tests}\n`;

  it('validate reads them by what they hold, with -c and without', async () => {
    const folder = temporaryFolder({
      'sub/x.yaml': SUITE('[{ vars: { q: hi }, assert: [{ type: contains, value: hi }] }]'),
      'sub/broken.yaml': SUITE(
        '[{ vars: { q: hi }, prompts: [nope], assert: [{ type: contains, value: hi }] }]',
      ),
    });
    for (const words of [['sub/x.yaml'], ['-c', 'sub/x.yaml']]) {
      const { code, out } = await touchstone(folder, 'validate', ...words);
      assert.equal(code, 0, out);
      assert.match(out, /1 file checked: 0 errors, 0 warnings/);
    }
    const broken = await touchstone(folder, 'validate', 'sub/broken.yaml');
    assert.equal(broken.code, 2);
    assert.match(broken.out, /sub\/broken\.yaml:3:\d+: error: the test names the prompt 'nope'/);
    assert.equal((await touchstone(folder, 'eval', '-c', 'sub/broken.yaml')).code, 2);
    assert.equal((await touchstone(folder, 'eval', '-c', 'sub/x.yaml')).code, 0);
  });

  it('says of a configuration that is a program that it is not run', async () => {
    const folder = temporaryFolder({ 'promptfooconfig.js': 'module.exports = {};\n' });
    for (const words of [
      ['validate', 'promptfooconfig.js'],
      ['eval', '-c', 'promptfooconfig.js'],
    ]) {
      const { code, out, err } = await touchstone(folder, ...words);
      assert.equal(code, 2);
      assert.match(out + err, /promptfooconfig\.js.*is a program.*YAML or JSON/s);
    }
  });

  it('reads CSV with semicolons, and places what is wrong with it in the CSV file', async () => {
    const folder = temporaryFolder({
      'x.yaml': SUITE('file://sub/semi.csv'),
      'sub/semi.csv': 'q;__expected\nhi, you;contains:you\n"a;b";"equals:a;b"\n',
      'wrong.yaml': SUITE('file://sub/wrong.csv'),
      'sub/wrong.csv': 'q;__expected\nhi;contains:h\na;b;c\n',
    });
    const { code, out } = await touchstone(folder, 'eval', '-c', 'x.yaml');
    assert.equal(code, 0, out);
    assert.match(out, /2\/2/);
    const wrong = await touchstone(folder, 'validate', 'wrong.yaml');
    assert.match(wrong.out, /^sub\/wrong\.csv:3:1: error: .*separated by semicolons/s);
  });

  it('validate finds templates that cannot be read, with prompt, line and text', async () => {
    const folder = temporaryFolder({
      'x.yaml': `prompts: ["Hello {{ x | }}", file://p.txt]
providers: [echo]
tests: [{ vars: { q: 1 }, assert: [{ type: contains, value: a }, { type: contains, value: "{% if %}" }] }]
`,
      'p.txt': 'first\n---\nline\nSay {{ a b }}\n',
    });
    const { code, out } = await touchstone(folder, 'validate', 'x.yaml');
    assert.equal(code, 2);
    assert.match(out, /x\.yaml:1:11: error: the prompt 'Hello \{\{ x \| \}\}' .*'Hello \{\{ x \| \}\}'/);
    assert.match(out, /p\.txt:4:10: error: the prompt 'p\.txt: line Say .*found 'b' .*'Say \{\{ a b \}\}'/);
    assert.match(out, /x\.yaml:3:9: warning: the value of assertion 2: .*'\{% if %\}'/);
  });

  it('shows descriptions, and why tests are a suite of their own', async () => {
    const folder = temporaryFolder({
      'lab.yaml': `prompts: [{ label: a, raw: 'A {{q}}' }, { label: b, raw: 'B {{q}}' }]
providers: [echo]
tests:
  - { description: greets politely, vars: { q: hi }, prompts: [a], assert: [{ type: contains, value: zz }] }
  - { description: greets anyhow, vars: { q: hi }, prompts: [b], assert: [{ type: contains, value: hi }] }
`,
    });
    const { out } = await touchstone(folder, 'eval', '-c', 'lab.yaml');
    assert.match(out, /✗ failed {2}test-1 {2}greets politely {2}echo/);
    assert.match(out, /^lab-2 .*\nthe tests with prompts: b$/m);
    const listed = await touchstone(folder, 'list', '-c', 'lab.yaml');
    assert.match(listed.out, /lab-2 .*the tests with prompts: b/);
    const run = /run (\S+),/.exec(out)?.[1] ?? '';
    const shown = await touchstone(folder, 'show', run, '--case', 'test-1', '--config', 'lab.yaml');
    assert.match(shown.out, /greets politely/);
  });

  it('a URL that is not valid once its variables are filled in is an error of its case', async () => {
    const folder = temporaryFolder({
      'x.yaml': `prompts: ['{{q}}']
providers: [{ id: http, config: { url: 'http://{{host}}/x', method: POST, body: { a: '{{prompt}}' } } }]
tests: [{ vars: { q: hi, host: 'a b c' }, assert: [{ type: contains, value: hi }] }]
`,
    });
    const { code, out } = await touchstone(folder, 'eval', '-c', 'x.yaml');
    assert.equal(code, 1, out);
    assert.match(out, /1 errored/);
    assert.match(out, /has the URL/);
  });
});
