import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import { fixedEnvironment } from '../../../../src/engine/ports.ts';
import { describeTarget } from '../../../../src/engine/suites/targets/describeTarget.ts';
import { secretValues } from '../../../../src/engine/targets/secrets/targetSecrets.ts';
import { runFolder, workspaceOf } from '../promptfooRun.ts';

const CONFIG = 'promptfooconfig.yaml';

async function secretsOf(provider: string, more = ''): Promise<string[]> {
  const { config } = await workspaceOf({
    [CONFIG]: `${more}\nprompts: [x]\nproviders: [${provider}]\ntests: [{ assert: [{ type: contains, value: x }] }]\n`,
  });
  const [target] = config.suites[0]?.targets ?? [];
  assert.ok(target);
  const environment = fixedEnvironment({ OF_ENV: 'environment-key-1' });
  return secretValues(describeTarget(target).capabilities.secrets, environment).sort();
}

describe('the secrets of a promptfoo target', () => {
  const cases: [where: string, config: string, secrets: string[]][] = [
    ['a header', `headers: { x-api-key: header-key-1 }`, ['header-key-1']],
    ['the parts of a cookie', `headers: { cookie: 'other=1; session=cookie-key-1' }`, ['cookie-key-1']],
    ['a query', `queryParams: { token: query-key-1 }`, ['query-key-1']],
    ['a field of a body', `body: { deep: [{ api_key: body-key-1 }] }`, ['body-key-1']],
    [
      'a field of a body that is a text',
      `body: '{"p": "{{prompt}}", "apiKey": "text-key-1"}'`,
      ['text-key-1'],
    ],
    ['a variable in a body', `body: { x: '{{env.OF_ENV}}' }`, ['environment-key-1']],
    [
      'a default of a variable',
      `headers: { x: "{{env.NONE | default('default-key-1')}}" }`,
      ['default-key-1'],
    ],
    [
      'no words of a body',
      `body: { author: 'Jane Doe-Smith', keywords: 'a-b-c-d', passage: 'some-long-words' }`,
      [],
    ],
    ['no template', `body: { token: '{{token_of_case}}', key: '{{prompt}}' }`, []],
    ['no numbers and short words', `body: { key: short, token: '12345' }`, []],
  ];
  for (const [where, config, secrets] of cases)
    it(`are in ${where}`, async () => {
      const provider = `{ id: 'http://127.0.0.1:1/', config: { method: POST, ${config} } }`;
      const found = await secretsOf(provider);
      for (const secret of secrets) assert.ok(found.includes(secret), JSON.stringify(found));
      if (secrets.length === 0) assert.deepEqual(found, []);
    });

  it('are in the address, whether or not it can be read as one', async () => {
    assert.deepEqual(await secretsOf(`'http://127.0.0.1:1/?key=address-key-1&q=some-words-2'`), [
      'address-key-1',
    ]);
    const provider = `{ id: http, config: { url: '{{env.BASE}}/a?api_key=address-key-2' } }`;
    assert.deepEqual(await secretsOf(provider), ['address-key-2']);
  });

  it('are in the options of a program, at any depth', async () => {
    const config = `{ apiKey: option-key-1, model: m-12345678, deep: [{ token: deep-2-x }] }`;
    assert.deepEqual(await secretsOf(`{ id: 'exec:x', config: ${config} }`), ['deep-2-x', 'option-key-1']);
  });

  it('are in the environment of the file, wherever it is used', async () => {
    const provider = `{ id: 'http://127.0.0.1:1/', config: { headers: { x-own: '{{env.FILE_KEY}}' } } }`;
    const found = await secretsOf(provider, 'env: { FILE_KEY: file-key-1, MODE: production }');
    assert.deepEqual(found, ['file-key-1']);
  });
});

describe('a key that an HTTP provider of promptfoo says back', () => {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const output = `${request.url} ${JSON.stringify(request.headers)} ${body}`;
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ output }));
    });
  });
  before((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  after(() => server.close());

  it('lands neither in the database nor in recordings', async () => {
    const { port } = server.address() as AddressInfo;
    const keys = [
      'url-key-1a2b',
      'header-key-1a2b',
      'file-key-1a2b',
      'query-key-1a2b',
      'body-key-1a2b',
      'environment-key-1a2b',
    ];
    const { root, results } = await runFolder(
      {
        [CONFIG]: `
env: { FILE_KEY: file-key-1a2b }
prompts: ['hello {{x}}']
providers:
  - id: http://127.0.0.1:${port}/a?api_key=url-key-1a2b
    config:
      method: POST
      headers: { authorization: 'Bearer header-key-1a2b', x-own: '{{env.FILE_KEY}}' }
      queryParams: { token: query-key-1a2b }
      body: { prompt: '{{prompt}}', auth: { api_key: body-key-1a2b }, other: '{{env.OTHER}}' }
tests: [{ vars: { x: 1 }, assert: [{ type: contains, value: hello }] }]
`,
      },
      {
        environment: { OTHER: 'environment-key-1a2b' },
        overridesIn: (folder) => ({ recordings: { mode: 'record', folder: path.join(folder, 'replies') } }),
      },
    );
    assert.equal(results[0]?.status, 'passed', results[0]?.reason);
    const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    const written = files.filter(({ name }) => name !== CONFIG);
    assert.ok(written.some(({ parentPath }) => parentPath.includes('replies')));
    for (const { parentPath, name } of written) {
      const content = readFileSync(path.join(parentPath, name), 'latin1');
      for (const key of keys) assert.ok(!content.includes(key), `${name} holds ${key}`);
    }
  });
});
