import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Redactor } from '../../../src/engine/http/redactor.ts';
import { fixedEnvironment } from '../../../src/engine/ports.ts';
import { configuredSecrets, secretValue } from '../../../src/engine/runs/configuredSecrets.ts';
import type { TargetConfig } from '../../../src/engine/suites/targetConfig.ts';

const location = { path: 'touchstone.yaml', line: 1, column: 1 };
const fromEnv = (name: string) => `\${env:${name}}`;

describe('configured secrets', () => {
  const cases: [name: string, value: string, isSecret: boolean][] = [
    ['API_KEY', 'sk-1234', true],
    ['MY_TOKEN', 'correcthorsebattery', true],
    ['PIN_SECRET', '123456', true],
    ['WHATEVER', 'Zm9v-42-bar', true],
    ['DATABASE', 'postgres://me:pw@host/db', true],
    ['API_KEY', 'dummy', false],
    ['API_KEY', 'TEST', false],
    ['MODE', 'production', false],
    ['PORT', '8080', false],
    ['BASE', 'http://127.0.0.1:8080/v1', false],
    ['API_KEY', '', false],
  ];
  for (const [name, value, isSecret] of cases)
    it(`${isSecret ? 'are' : 'are not'} ${name}=${value}`, () =>
      assert.deepEqual(secretValue(name, value), isSecret ? [value] : []));

  it('come from all providers and targets of a run', () => {
    const targets: TargetConfig[] = [
      {
        kind: 'http',
        name: 'a',
        location,
        url: 'http://127.0.0.1/',
        method: 'POST',
        reply: 'json',
        headers: { authorization: `Bearer ${fromEnv('A_KEY')}`, 'x-api-key': 'written-in-the-file-1' },
      },
      {
        kind: 'command',
        name: 'b',
        location,
        command: ['x'],
        cwd: { path: '.', absolute: '/' },
        env: { B: `${fromEnv('B_KEY:none')}` },
        reply: 'json',
      },
    ];
    const providers = { p: { baseUrl: 'http://127.0.0.1/v1', apiKey: fromEnv('P_KEY') } };
    const environment = fixedEnvironment({ A_KEY: 'key-of-a-1', B_KEY: 'key-of-b-1', P_KEY: 'key-of-p-1' });
    assert.deepEqual(configuredSecrets(providers, targets, environment).sort(), [
      'key-of-a-1',
      'key-of-b-1',
      'key-of-p-1',
      'written-in-the-file-1',
    ]);
  });
});

describe('a redactor', () => {
  it('finds a key in every usual encoding, wherever it stands in what was encoded', () => {
    for (const key of ['sk-canary/42+x"y z', "pä'ss&<wörd>~*", 'line one\nline two']) {
      const redactor = new Redactor([key]);
      const base64 = ['', 'u', 'us', 'user:'].flatMap((before) =>
        ['', 'x', 'xy'].flatMap((behind) => {
          const bytes = Buffer.from(before + key + behind);
          return [bytes.toString('base64'), bytes.toString('base64url')];
        }),
      );
      const texts = [
        key,
        JSON.stringify({ key }),
        JSON.stringify(JSON.stringify({ key })),
        encodeURIComponent(key),
        encodeURIComponent(key).replace(/%../g, (sign) => sign.toLowerCase()),
        new URLSearchParams({ key }).toString(),
        Buffer.from(key).toString('hex'),
        ...base64,
      ];
      for (const text of texts) assert.match(redactor.text(`a ${text} b`), /\[key\]/, text);
    }
  });

  it('leaves everything else as it is, and is free where there is no key', () => {
    const value = { a: ['sk', 1, null, { b: 'canary' }] };
    assert.deepEqual(new Redactor(['sk-canary-1']).value(value), value);
    assert.equal(new Redactor([]).value(value), value);
    assert.equal(new Redactor(['abc']).text('abc'), 'abc');
  });

  it('knows keys that come later, those behind a scheme, and passwords of basic authentication', () => {
    const redactor = new Redactor(['Bearer sk-first-1']);
    redactor.learn([`Basic ${Buffer.from('me:password-2').toString('base64')}`]);
    assert.equal(redactor.text('sk-first-1 password-2'), '[key] [key]');
    assert.deepEqual(redactor.value({ 'sk-first-1': ['password-2'] }), { '[key]': ['[key]'] });
  });
});
