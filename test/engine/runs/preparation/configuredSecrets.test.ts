import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Redactor } from '../../../../src/engine/http/redactor.ts';
import { fixedEnvironment } from '../../../../src/engine/ports.ts';
import { configuredSecrets } from '../../../../src/engine/runs/preparation/configuredSecrets.ts';
import { Xoshiro128 } from '../../../../src/engine/statistics/prng.ts';
import { describeTarget } from '../../../../src/engine/suites/targets/describeTarget.ts';
import type { TargetConfig } from '../../../../src/engine/suites/targets/targetConfig.ts';
import { secretValue } from '../../../../src/engine/targets/secrets/secretValue.ts';

const secretsOf = (target: TargetConfig) => describeTarget(target).capabilities.secrets;

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

  it('are parts of an address by their names, too', () => {
    const target: TargetConfig = {
      kind: 'http',
      name: 'a',
      location,
      url: 'https://example.org/chat?key=in-the-address-1&q=some-words-2',
      method: 'POST',
      reply: 'json',
      headers: {},
    };
    assert.deepEqual(configuredSecrets({}, [secretsOf(target)], fixedEnvironment({})), ['in-the-address-1']);
  });

  it('are fields of what is sent that can be nothing else, and defaults of variables', () => {
    const target: TargetConfig = {
      kind: 'http',
      name: 'a',
      location,
      url: 'https://example.org/chat',
      method: 'POST',
      reply: 'json',
      headers: { authorization: `Bearer ${fromEnv('NOT_SET:default-of-a-1')}` },
      body: { input: '{{input}}', auth: { api_key: 'in-the-body-1' }, author: 'Jane Doe-Smith' },
    };
    const found = configuredSecrets({}, [secretsOf(target)], fixedEnvironment({}));
    assert.deepEqual(found, ['default-of-a-1', 'in-the-body-1']);
  });

  it('finds digits of a dump without anything between them', () => {
    assert.equal(new Redactor(['sk-canary-1']).text(Buffer.from('sk-canary-1').toString('hex')), '[key]');
  });

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
    assert.deepEqual(configuredSecrets(providers, targets.map(secretsOf), environment).sort(), [
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

  const key = 'sk-Cnry/9"x+Q~7zW&pL0v8E';
  const bytes = Buffer.from(key);
  const hex = bytes.toString('hex');
  const each = (write: (code: number) => string) =>
    [...key].map((sign) => write(sign.charCodeAt(0))).join('');
  const folded = Buffer.from(`${'a longer text before it '.repeat(2)}${key} and behind it`).toString(
    'base64',
  );
  const encodings: { [what: string]: string } = {
    'capital hexadecimal': hex.toUpperCase(),
    'hexadecimal of both kinds': hex.slice(0, 9) + hex.slice(9).toUpperCase(),
    'hexadecimal with colons': hex.replace(/..(?=.)/g, '$&:'),
    'a dump': hex.replace(/..(?=.)/g, '$& '),
    'bytes of a program': each((code) => `\\x${code.toString(16)}`),
    'an array of bytes': each((code) => `0x${code.toString(16)}, `).replace(/, $/, ''),
    'escapes of every character': each((code) => `\\u${code.toString(16).padStart(4, '0')}`),
    'escapes of escapes': JSON.stringify(JSON.stringify(each((code) => `\\u00${code.toString(16)}`))).slice(
      3,
      -3,
    ),
    'percent-encoding of every character': each((code) => `%${code.toString(16)}`),
    'percent-encoding twice': encodeURIComponent(encodeURIComponent(key)),
    'decimal references': each((code) => `&#${code};`),
    'references of references': each((code) => `&amp;#x${code.toString(16)};`),
    'UTF-16': each((code) => `${String.fromCharCode(code)}\0`).slice(0, -1),
    'base64 of base64': Buffer.from(Buffer.from(`u:${key}`).toString('base64')).toString('base64'),
    'base64 in lines': folded.replace(/.{64}/g, '$&\n'),
    'base64 in lines of JSON': JSON.stringify(folded.replace(/.{64}/g, '$&\r\n')),
    'a broken line': `${key.slice(0, 9)}\n${key.slice(9)}`,
  };
  for (const [what, text] of Object.entries(encodings))
    it(`finds a key in ${what}, and nothing beside it`, () => {
      const cleaned = new Redactor([key]).text(`before ${text} behind`);
      assert.match(cleaned, /^before .*\[key\].* behind$/s);
      if (!what.startsWith('base64') && !what.startsWith('escapes of esc'))
        assert.equal(cleaned.replace('0x[key]', '[key]'), 'before [key] behind');
    });

  it('finds every key in random texts with random escapes, and changes nothing else', () => {
    const random = Xoshiro128.seeded(7);
    const pick = <T>(from: readonly T[]): T => from[random.nextUint32() % from.length] ?? assert.fail();
    const forms: ((code: number) => string)[] = [
      (code) => String.fromCharCode(code),
      (code) => `%${code.toString(16)}`,
      (code) => `\\u00${code.toString(16)}`,
      (code) => `&#${code};`,
    ];
    const redactor = new Redactor([key]);
    const other = [
      'word ',
      'é',
      '%20',
      '\\n',
      '\n',
      '&amp;',
      '"',
      '\\\\',
      '😀',
      'AB',
      '%C3%A9',
      '\\u00e9',
      '7',
    ];
    for (let round = 0; round < 500; round += 1) {
      const parts = Array.from({ length: 6 }, () => pick(other)).join('');
      assert.equal(redactor.text(parts), parts);
      const hidden = each((code) => pick(forms)(code));
      // Line breaks next to a key may go with it.
      assert.equal(redactor.text(`${parts}(${hidden})${parts}`), `${parts}([key])${parts}`);
    }
  });

  it('takes time in proportion to texts that only seem to be encoded', () => {
    const redactor = new Redactor([key]);
    for (const text of ['\\', '%25', '&amp;', '\\u', '%C3', 'aB0', '\n', '\0'])
      assert.equal(redactor.text(text.repeat(200_000)), text.repeat(200_000));
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
