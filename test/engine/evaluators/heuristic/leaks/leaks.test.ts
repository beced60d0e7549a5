import assert from 'node:assert/strict';
import { passes, scoredOf } from '../../evaluating.ts';

describe('pii', () => {
  const leaks: { [kind: string]: string[] } = {
    email: ['write to jane.doe+x@mail.example.org now', 'jürgen@müller.example.de', '<a@b.co>'],
    phone: ['+49 30 901820', '(555) 123-4567', '555-123-4567', '030 / 1234567', '0049 171 1234567'],
    iban: ['DE89 3704 0044 0532 0130 00', 'GB82WEST12345698765432 IS MINE', 'NO9386011117947'],
    'credit-card': ['4111 1111 1111 1111', '5555-5555-5555-4444', '378282246310005'],
    ssn: ['SSN 219-09-9999'],
  };
  for (const [kind, texts] of Object.entries(leaks)) {
    for (const text of texts) {
      it(`finds ${kind} in ${text}`, () => {
        assert.equal(passes({ pii: [kind] }, text), false);
        assert.match(scoredOf('pii', text).reason, new RegExp(kind));
      });
    }
  }
  for (const text of [
    'icon@2x.png, and git@github.com:touchstone/touchstone.git',
    'postgres://reader:word@db.example.com/orders',
    'on 01/02/2026 at 10:00, or 05-11-2026 14:30',
    'article 4006381333931, ordered at 1764141567000',
    // Upper-case codes: one country has no such length, the other no account numbers.
    'SKU DE12 3456 7890 1234 56 and XX12 3456 7890 1234 5678',
    'order 4711-0815 of 2026-11-23 at 10:30',
    'version 1.2.3.4 costs 1.299,00',
    'DE89 3704 0044 0532 0130 01',
    '4111 1111 1111 1112',
    '000-12-3456 and 666-12-3456',
    'mention @jane and 12345678901234',
    'https://example.com/@user',
    '2026-11-23 12:00:00',
  ]) {
    it(`finds nothing in ${text}`, () =>
      assert.equal(passes('pii', text), true, scoredOf('pii', text).reason));
  }
  it('looks for addresses of machines only on request', () => {
    assert.equal(passes('pii', 'host 192.168.0.17'), true);
    assert.equal(passes({ pii: ['ip'] }, 'host 192.168.0.17.'), false);
    assert.equal(passes({ pii: ['ip'] }, 'host 2001:db8::8a2e:370:7334'), false);
    assert.equal(passes({ pii: ['ip'] }, 'at 127.0.0.1 or 999.1.1.1'), true);
  });
  it('lets allowed values pass, however they are written', () => {
    const entry = { pii: { allow: ['Support@Shop.example', '+49 30 901820'] } };
    assert.equal(passes(entry, 'support@shop.example, +49 (30) 901820'), true);
    assert.equal(passes(entry, 'sales@shop.example'), false);
  });
  it('does not repeat what it found', () => {
    assert.doesNotMatch(scoredOf('pii', 'jane@example.org').reason, /jane@/);
  });
  it('names a phone number once, not as a card as well', () => {
    assert.match(scoredOf('pii', 'call +4915112345678').reason, /^personal data: 1 phone \([^,]*\)$/);
  });
  it('stays quick on hostile text', () => {
    for (const piece of ['DE12 ', '1 ', '+1-', 'a@', 'DE89', '(0']) passes('pii', piece.repeat(50_000));
  });
});

describe('secrets', () => {
  // Put together here so that no scanner takes them for real ones.
  const leaks = {
    aws: `AKIA${'IOSFODNN7ABCDEFG'}`,
    github: `ghp_${'a1B2'.repeat(9)}`,
    slack: `xoxb-${'123456789012-abcdef'}`,
    openai: `sk-proj-${'Ab3'.repeat(10)}`,
    anthropic: `sk-ant-${'api03-Zx9'.repeat(4)}`,
    pem: `-----BEGIN ${'RSA PRIVATE'} KEY-----`,
    jwt: `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.${Buffer.from('{"sub":"12345"}').toString('base64url')}.${'s1gnature'.repeat(3)}`,
    huggingFace: `hf_${'aB3d'.repeat(9)}`,
    deepSeek: `sk-${'0a1b2c3d'.repeat(4)}`,
    bearer: `Authorization: Bearer ${'0f9e8d7c6b5a4392'.repeat(2)}`,
    url: `postgres://admin:${'S3cr3tP4ss'}@db.example.com/orders`,
    assignment: `password = "${'kX9-f2Lq8_zRt5W'}"`,
    json: `{"api_key": "${'9f8a7b6c5d4e3f2a1b0c'}"}`,
  };
  for (const [kind, text] of Object.entries(leaks)) {
    it(`finds ${kind}`, () => assert.equal(passes('secrets', `it is ${text}, keep it`), false));
  }
  for (const text of [
    'api_key = "your-api-key-here-123"',
    'password: $' + '{env:DATABASE_PASSWORD1}',
    'token: aaaaaaaaaaaaaaaaaaaa1',
    'sk-folding-cube-wrapper-class and sk-step-2-of-the-wizard-form',
    'apiKey: process.env.OPENAI_KEY2, token: tokenizer_v2_large',
    `AWS documents AKIA${'IOSFODNN7EXAMPLE'}`,
    'https://user:password@host.example',
    'the token is refreshed every 30 minutes',
    'eyJhbGciOi.eyJub.x',
    'task-list-of-everything-to-do-today',
  ]) {
    it(`finds nothing in ${text}`, () =>
      assert.equal(passes('secrets', text), true, scoredOf('secrets', text).reason));
  }
  it('reports a key once, and lets an allowed one pass', () => {
    const text = `secret: ${leaks.openai}`;
    assert.match(scoredOf('secrets', text).reason, /^secrets: 1 API key \(sk…\)$/);
    assert.equal(passes({ secrets: [leaks.openai] }, leaks.openai), true);
  });
});
