import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { JsonObject, JsonValue } from '../../../src/engine/model/json.ts';
import { findSensitive, redacted } from '../../../src/engine/traces/sensitiveData.ts';

const jwt = (head: object): string =>
  [head, { sub: '1234567890', name: 'Jane' }]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .concat('dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U')
    .join('.');

/** In the formats that their issuers document; put together here, so that nobody takes this file for a leak. */
const SENSITIVE: readonly (readonly [kind: string, value: string])[] = [
  ['AWS access key', `AKIA${'IOSFODNN7REALKEY'}`],
  ['password or key', `wJalrXUtnFEMI/K7MDENG/${'bPxRfiCYzzzzKEYX12'}`],
  ['GitHub token', `ghp_${'16C7e42F292c6912E7710c838347Ae178B4a'}`],
  ['GitHub token', `github_pat_${'11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz0123456789ABC'}`],
  ['GitLab token', `glpat-${'abcdefghij0123456789'}`],
  ['Slack token', `xoxb-${'17653672481-19874698323-pdFZKVeTuE8sk7oOcHrzqqgy'}`],
  ['Slack token', `xapp-1-${'A0123456789-1234567890123-abcdef0123456789'}`],
  ['Stripe key', `sk_${'live'}_4eC39HqLyjWDarjtT1zdp7dc`],
  ['Stripe key', `whsec_${'5WbX5kEWLlfzsGNjH64I8lOOqUB6e8FH'}`],
  ['Langfuse key', `sk-lf-${'1234abcd-12ab-34cd-56ef-1234567890ab'}`],
  ['LangSmith key', `lsv2_pt_${'0123456789abcdef0123456789abcdef_0123456789'}`],
  ['API key', `sk-ant-api03-${'AbCdEf0123456789AbCdEf0123456789'}`],
  ['JWT', jwt({ alg: 'HS256', typ: 'JWT' })],
  ['private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAKC\n-----END RSA PRIVATE KEY-----'],
  ['private key', '-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQ\n-----END PGP PRIVATE KEY BLOCK-----'],
  ['basic credentials', Buffer.from('aladdin:opensesame').toString('base64')],
  ['IBAN', 'DE89 3704 0044 0532 0130 00'],
  ['IBAN', 'GB82 WEST 1234 5698 7654 32'],
  ['IBAN', 'DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000'],
  ['IBAN', 'NL91ABNA0417164300'],
  ['card number', '4111 1111 1111 1111'],
  ['card number', '5500-0000-0000-0004'],
  ['card number', '378282246310005'],
  ['e-mail address', 'jane.doe+x@sub.example.co.uk'],
  ['phone number', '+49 30 901820'],
  ['phone number', '(555) 123-4567'],
  ['phone number', '06 12 34 56 78'],
];

/** What texts of agents are full of. */
const ORDINARY = [
  'Order 1234567890123456 was shipped',
  'order #112-7654321-1234567',
  'order 4000-123-456',
  'invoice INV-2026-000123, SKU 00012345678905',
  'tracking 1Z999AA10123456784',
  'from 2026-11-01 to 2026-11-30',
  '2026-11-30T11:34:52.123Z and 30.11.2026 12:00',
  '20261130-113452',
  '550e8400-e29b-41d4-a716-446655440000',
  'us-east-1:12345678-1234-1234-1234-123456789012',
  'da39a3ee5e6b4b0d3255bfef95601890afd80709',
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'sha256:e3b0c44298fc1c149afbf4c8996fb924',
  // A valid card number within a hash, an id and a fraction.
  'a4111111111111111b',
  'order_4111111111111111_x',
  '0.4111111111111111',
  // A card number with a wrong check digit, an IBAN with a wrong check sum.
  '4111 1111 1111 1112',
  'DE88 3704 0044 0532 0130 00',
  '1764502492123 and 1764502492123456789',
  'ISBN 978-3-16-148410-0',
  'v1.2.3-beta.4 on 192.168.1.100:8080',
  'lat 52.520008, lon 13.404954, 1,234,567.89',
  'GPT-4o-mini-2024-07-18, x@2x.png',
  'chatcmpl-abc123DEF456 called toolu_01A09q90qw90lq917835lq9',
  'Basic understanding of authentication',
  'Bearer of bad news is here today, friends',
  'the secret of success is work; password: please ask',
  'total_tokens: 1234567890',
];

describe('secrets and personal data', () => {
  for (const [kind, value] of SENSITIVE)
    it(`are found as ${kind}: ${value.slice(0, 4)}…`, () => {
      const before =
        kind === 'basic credentials'
          ? 'Basic '
          : kind === 'password or key'
            ? 'aws_secret_access_key='
            : 'see ';
      const data = { input: `${before}${value} please` };
      const places = findSensitive(data);
      assert.deepEqual(
        places.map((place) => place.kind),
        [kind],
      );
      const { input } = redacted<JsonObject>(data, places);
      assert.equal(input, `${before}[${kind}] please`);
    });

  for (const text of ORDINARY)
    it(`are not ${text.slice(0, 40)}`, () => {
      assert.deepEqual(findSensitive({ input: `see ${text} please` }), []);
    });

  it('are found in the keys of objects, and no entry is lost when they are replaced', () => {
    const data = { input: { 'jane@acme.org': { 'joe@acme.org': 'joe@acme.org' }, 'jim@acme.org': 2, ok: 3 } };
    const places = findSensitive(data);
    assert.equal(places.filter(({ inKey }) => inKey).length, 3);
    assert.deepEqual(redacted<JsonObject>(data, places), {
      input: {
        '[e-mail address]': { '[e-mail address]': '[e-mail address]' },
        '[e-mail address] 2': 2,
        ok: 3,
      },
    });
    // Only what was chosen.
    const [first] = places;
    assert.ok(first);
    assert.deepEqual(Object.keys(redacted<{ input: JsonObject }>(data, [first]).input), [
      '[e-mail address]',
      'jim@acme.org',
      'ok',
    ]);
  });

  for (const [kind, wrap] of [
    ['lists', (inner: JsonValue): JsonValue => [inner]],
    ['objects', (inner: JsonValue): JsonValue => ({ a: inner })],
  ] as const)
    it(`are taken out however deep ${kind} are nested, and what is around them stays`, () => {
      for (const levels of [150, 4_000, 100_000]) {
        let nested: JsonValue = 'maria@example.com';
        for (let level = 0; level < levels; level += 1) nested = wrap(nested);
        const data = { nested, beside: 'hello' };
        const places = findSensitive(data);
        const safe = redacted(data, places);
        assert.equal(places.length, 1);
        assert.doesNotMatch(JSON.stringify(safe), /maria/);
        assert.equal(safe.beside, 'hello');
      }
    });

  it('are found among any number of others, without a search of the whole text for each', () => {
    const addresses = (count: number) => Array.from({ length: count }, (_, at) => `person${at}@example.org`);
    const all = addresses(20_000).join(' ');
    assert.deepEqual(findSensitive(all), [{ path: [], kind: 'personal data', value: all }]);
    assert.equal(redacted(all, findSensitive(all)), '[personal data]');

    const apart: string[] = addresses(5_000);
    assert.deepEqual(new Set(redacted(apart, findSensitive(apart))), new Set(['[e-mail address]']));
    const keys = Object.fromEntries(apart.map((address) => [address, 1]));
    assert.doesNotMatch(JSON.stringify(redacted(keys, findSensitive(keys))), /person/);

    const some = addresses(500).join(' ');
    assert.equal(findSensitive(some).length, 500);
    assert.doesNotMatch(redacted(some, findSensitive(some)), /person/);

    const tokens = Array.from({ length: 20_000 }, (_, at) => `token: aB3x${at * 7919}Zq9`).join(' ');
    assert.equal(redacted(tokens, findSensitive(tokens)), '[personal data]');
  });
});
