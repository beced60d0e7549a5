import assert from 'node:assert/strict';
import { ConfigError } from '../../../../src/engine/errors.ts';
import { compileSchema } from '../../../../src/engine/evaluators/schemas/jsonSchema.ts';
import type { JsonObject, JsonValue } from '../../../../src/engine/model/json.ts';

const check = (schema: JsonObject, value: JsonValue) => compileSchema(schema, { type: 'is-json' })(value);

/** Definitions that each lead to the next one twice: 2^28 ways to the last. */
function doubling(keyword: string, last: JsonObject): JsonObject {
  const next = (index: number) => ({ $ref: `#/definitions/d${index + 1}` });
  const chain = Array.from({ length: 28 }, (_, index) => [
    `d${index}`,
    { [keyword]: [next(index), next(index)] },
  ]);
  return { definitions: { ...Object.fromEntries(chain), d28: last }, $ref: '#/definitions/d0' };
}

function nested(depth: number): JsonValue {
  let value: JsonValue = 1;
  for (let level = 0; level < depth; level++) value = { c: value };
  return value;
}

describe('compileSchema', () => {
  it('finds equal items whatever the order of their keys, in linear time', () => {
    const objects = Array.from({ length: 60_000 }, (_, index) => ({ index, text: 'x' }));

    assert.equal(check({ uniqueItems: true }, objects), undefined);
    assert.equal(check({ uniqueItems: false }, [1, 1]), undefined);
    assert.equal(check({ uniqueItems: true }, [1, '1', 1.5, true, null, {}, []]), undefined);
    assert.match(
      check({ uniqueItems: true }, [{ a: 1, b: 2 }, 0, { b: 2, a: 1 }]) ?? '',
      /must NOT have duplicate items \(items ## 0 and 2 are identical\)/,
    );
    assert.match(
      check({ properties: { a: { uniqueItems: true } } }, { a: [1, 1] }) ?? '',
      /^output\/a must NOT have/,
    );
  });

  const costly: [string, JsonObject, JsonValue][] = [
    ['28 chained anyOf pairs', doubling('anyOf', { type: 'string' }), 1],
    ['28 chained allOf pairs', doubling('allOf', { type: 'number' }), 1],
    [
      'a long text looked at again and again',
      doubling('allOf', { pattern: 'a+b', maxLength: 10 }),
      'a'.repeat(1e6),
    ],
    ['a long text held to a format again and again', doubling('allOf', { format: 'uri' }), 'a'.repeat(1e6)],
    [
      'a tree that is gone through twice at each level',
      {
        definitions: {
          node: {
            oneOf: [
              { properties: { c: { $ref: '#/definitions/node' } } },
              { properties: { c: { $ref: '#/definitions/node' } }, required: ['z'] },
            ],
          },
        },
        $ref: '#/definitions/node',
      },
      nested(150),
    ],
    [
      'contains in contains',
      { items: { contains: { const: 1 } }, contains: { contains: { contains: { const: 1 } } } },
      Array.from({ length: 3 }, () => Array.from({ length: 1_000_000 }, () => 0)),
    ],
  ];
  for (const [name, schema, value] of costly) {
    it(`ends with an error for ${name}`, () => {
      assert.throws(
        () => check(schema, value),
        (error) => error instanceof ConfigError && /takes too many steps/.test(error.message),
      );
    });
  }

  it('counts steps without touching texts of the schema', () => {
    const schema: JsonObject = {
      properties: { 'for(x){': { const: 'for (;;) {' }, '={}){': { enum: ['func0(data)', '"'] } },
      required: ['={}){'],
    };

    assert.equal(check(schema, { 'for(x){': 'for (;;) {', '={}){': '"' }), undefined);
    assert.match(check(schema, { 'for(x){': 1 }) ?? '', /required property '=\{\}\)\{'/);
  });

  it('does not carry steps from one check to the next', () => {
    const schema: JsonObject = { items: { type: 'number' } };
    for (let round = 0; round < 30; round++) assert.equal(check(schema, Array(100_000).fill(1)), undefined);
  });

  it('refuses data that nest too deep for a schema that follows them', () => {
    const deep: JsonValue = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
    const schema = { definitions: { n: { items: { $ref: '#/definitions/n' } } }, $ref: '#/definitions/n' };

    assert.throws(() => check(schema, deep), /is nested too deeply/);
  });

  it('refuses a schema too long to be compiled', () => {
    assert.throws(() => check({ enum: ['x'.repeat(500_001)] }, 1), /it is too long/);
  });
});
