import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { JsonValue } from '../../../../src/engine/model/json.ts';
import { noSpan } from '../../../../src/engine/ports.ts';
import { evaluatorOf, inputWith, laterScoreOf, passes, scoredOf, scoreOf } from '../evaluating.ts';

const ORDER = '<order id="7"><item>tea</item><item><name>milk</name></item></order>';

async function laterPasses(entry: JsonValue, text: string): Promise<boolean> {
  return (await laterScoreOf(entry, text)).pass;
}

async function reasonOf(entry: JsonValue, text: string): Promise<string> {
  return (await laterScoreOf(entry, text)).reason;
}

describe('is-xml', () => {
  it('takes a well-formed document and nothing else', async () => {
    for (const text of [ORDER, `<?xml version="1.0"?>\n${ORDER}\n`, '<a/>', '<a><![CDATA[1 < 2]]></a>'])
      assert.equal(await laterPasses('is-xml', text), true, text);
    for (const text of ['', 'text', `Here: ${ORDER}`, '<a>', '<a><b></a></b>', '<a/><b/>', '<a>x & y</a>'])
      assert.equal(await laterPasses('is-xml', text), false, text);
    assert.equal(await laterPasses('not-is-xml', '<a>'), true);
  });
  it('says where the XML breaks', async () => {
    assert.match(await reasonOf('is-xml', '<a>\n<b></a>'), /^not XML: 2:\d+: unexpected close tag/);
  });
  it('looks for elements, attributes and places in a row', async () => {
    for (const path of ['order', 'order.item', 'order.item.0', 'order.item.1.name', 'order.@_id'])
      assert.equal(await laterPasses({ 'is-xml': path }, ORDER), true, path);
    for (const path of [
      'item',
      'order.name',
      'order.item.name',
      'order.item.2',
      'order.item.01',
      'order.@_x',
    ])
      assert.equal(await laterPasses({ 'is-xml': path }, ORDER), false, path);
    const both = { 'is-xml': { elements: ['order.item', 'order.total', 'x'] } };
    assert.equal(await reasonOf(both, ORDER), 'the XML lacks order.total, x');
  });
  it("reads promptfoo's forms, and refuses others by name", async () => {
    for (const value of ['order.item, order', ['order.item'], { requiredElements: ['order'] }, [], {}])
      assert.equal(await laterPasses({ type: 'is-xml', value }, ORDER), true, JSON.stringify(value));
    for (const value of [7, '', { tags: ['a'] }, { requiredElements: 'a', tags: 1 }])
      assert.throws(() => evaluatorOf({ type: 'is-xml', value }), {
        name: 'ConfigError',
        where: { path: 'touchstone.yaml', line: 7, column: 5 },
      });
  });
  it('has no names that mean more than others', async () => {
    const text = '<a><constructor/><__proto__/></a>';
    assert.equal(await laterPasses({ 'is-xml': ['a.constructor', 'a.__proto__'] }, text), true);
    assert.equal(await laterPasses({ 'is-xml': ['a.toString'] }, text), false);
  });
  it('expands nothing and reads no other file', async () => {
    const bomb = '<!DOCTYPE a [<!ENTITY x "yyyyyyyyyy"><!ENTITY z "&x;&x;&x;&x;">]><a>&z;</a>';
    assert.match(await reasonOf('is-xml', bomb), /DTDs inside the document are not supported/);
    const outside = '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a>&x;</a>';
    assert.equal(await laterPasses('is-xml', outside), true);
  });
  it('reads 500 elements within each other, and does not measure more', async () => {
    const nested = (depth: number) => `${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}`;
    assert.equal(await laterPasses({ 'is-xml': 'a.a.a' }, nested(500)), true);
    const context = { signal: new AbortController().signal, span: noSpan };
    for (const type of ['is-xml', 'not-is-xml'])
      assert.equal((await evaluatorOf(type).evaluate(inputWith(nested(100_000)), context)).status, 'error');
    assert.equal(await laterPasses('is-xml', '<a/>'.repeat(100_000)), false);
  });
});

describe('contains-xml', () => {
  it('finds balanced elements within text', () => {
    for (const text of [`Here: ${ORDER}!`, '```xml\n<a>1</a>\n```', '<a>fish & chips</a>', 'one <b/> two'])
      assert.equal(passes('contains-xml', text), true, text);
    for (const text of ['', 'text', '1 < 2 > 0', '<a>', '</a>', '<a><b></a>', '<!-- <a/> -->', '<a>1</A>'])
      assert.equal(passes('contains-xml', text), false, text);
    assert.equal(passes('not-contains-xml', 'text'), true);
  });
  it('looks for elements in each of them, and in those that stand side by side', () => {
    assert.equal(passes({ 'contains-xml': 'b.c' }, '<a/> and <b><c/></b>'), true);
    assert.equal(passes({ 'contains-xml': 'a, b' }, '<a/> and <b><c/></b>'), true);
    assert.equal(passes({ 'contains-xml': 'c' }, '<a/> and <b><c/></b>'), false);
    assert.equal(passes({ 'contains-xml': 'a.1' }, '<a>1</a> <a>2</a>'), true);
  });
  it('gives up rather than hang', () => {
    for (const piece of [
      '<',
      '<a ',
      '<a b="',
      '<a b=\'"',
      '<a>',
      '<a/>',
      '</a>',
      '<!',
      '<!--',
      '<![CDATA[',
      '<?',
    ])
      scoreOf({ 'contains-xml': 'z' }, piece.repeat(50_000));
    assert.equal(scoreOf({ 'contains-xml': 'z' }, '<x><a/><a/></b>'.repeat(5000)).status, 'error');
  });
  it('never breaks, whatever the text', () => {
    const piece = fc.constantFrom(
      '<a>',
      '</a>',
      '<b/>',
      '<',
      '>',
      '"',
      "'",
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<?',
      'x',
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        assert.equal(scoreOf({ 'contains-xml': 'a.b' }, pieces.join('')).status, 'scored');
      }),
    );
  });
});

describe('is-html', () => {
  it('takes documents and elements without text beside them', async () => {
    for (const text of [
      '<!DOCTYPE html><html><body>Hi <b>you</b></body></html>',
      '<p>one<p>two',
      ' <my-card>x</my-card> ',
      '<svg/>',
    ])
      assert.equal(await laterPasses('is-html', text), true, text);
    for (const text of [
      '',
      'text',
      'Hi <b>you</b>',
      '<p>x</p> y',
      '<foo>x</foo>',
      '<!-- x -->',
      '<?xml?><p/>',
      '</p>',
    ])
      assert.equal(await laterPasses('is-html', text), false, text);
    assert.equal(await laterPasses('not-is-html', 'text'), true);
  });
  it('says what is wrong', async () => {
    assert.equal(await reasonOf('is-html', 'Hi <b>you</b>'), 'not HTML: there is text outside the elements');
    assert.equal(await reasonOf('is-html', '<foo/>'), 'not HTML: it contains no HTML element');
  });
  it('does not measure what would take out of proportion', async () => {
    const context = { signal: new AbortController().signal, span: noSpan };
    for (const text of ['<div>'.repeat(1000), 'x'.repeat(1_000_001)])
      for (const type of ['is-html', 'not-is-html']) {
        const score = await evaluatorOf(type).evaluate(inputWith(text), context);
        assert.equal(score.status, 'error');
      }
    const attributes = Array.from({ length: 50_000 }, (_, index) => `a${index}`).join(' ');
    assert.equal(await laterPasses('is-html', `<p ${attributes}>x</p>`), true);
    assert.equal(await laterPasses('is-html', `${'<body a><b></b>'.repeat(20_000)}`), true);
  });
});

describe('contains-html', () => {
  it('weighs the signs of HTML', () => {
    for (const text of ['one<br>two', '<foo>x</foo>', '<foo/> &amp;', '<!DOCTYPE html>', 'a <foo> &#39;'])
      assert.equal(passes('contains-html', text), true, text);
    for (const text of ['', 'text', 'a < b > c', 'fish &amp; chips', '<foo>', '<!-- x -->', 'say a="b"'])
      assert.equal(passes('contains-html', text), false, text);
    assert.equal(passes('not-contains-html', 'text'), true);
    assert.equal(scoredOf('contains-html', '<p>').reason, 'contains HTML');
  });
  it('takes no options', () => {
    assert.throws(() => evaluatorOf({ 'contains-html': { tag: 'p' } }), { name: 'ConfigError' });
  });
  it('is linear in the text', () => {
    for (const piece of ['<a ', '<a', '<!--', '<!-- -', ' a="', '&a', '</a ', '<!DOCTYPE '])
      scoreOf('contains-html', piece.repeat(200_000));
  });
});
