import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EventParser, formatEvent, type ServerEvent } from '../../../src/engine/http/eventStream.ts';
import { HttpError } from '../../../src/engine/http/httpError.ts';

const read = (...pieces: string[]): ServerEvent[] => {
  const parser = new EventParser(1000);
  return [...pieces.flatMap((piece) => [...parser.push(piece)]), ...parser.end()];
};
const data = (...texts: string[]) => texts.map((text) => ({ event: undefined, data: text }));

describe('a stream of events', () => {
  const cases: [what: string, text: string, events: ServerEvent[]][] = [
    ['lines that end in each of the ways', 'data: a\n\ndata: b\r\n\r\ndata: c\r\r', data('a', 'b', 'c')],
    ['U+2028, which ends no line', 'data: a\u2028b\n\n', data('a\u2028b')],
    ['one space behind the colon, or none', 'data:a\n\ndata:  b\n\n', data('a', ' b')],
    ['several lines of data', 'data: a\ndata\ndata: b\n\n', data('a\n\nb')],
    ['comments, ids and unknown fields', ': hi\nid: 1\nretry: 5\nx\ndata: a\n\n: end\n\n', data('a')],
    [
      'a name, which counts for one event',
      'event: e\ndata: a\n\ndata: b\n\n',
      [{ event: 'e', data: 'a' }, ...data('b')],
    ],
    ['an empty event of data, and none without', 'data:\n\nevent: e\n\n', data('')],
    ['a last event without its blank line', 'data: a\n\ndata: b', data('a', 'b')],
  ];
  for (const [what, text, events] of cases) it(`has ${what}`, () => assert.deepEqual(read(text), events));

  it('is read alike however it is cut', () => {
    const piece = fc.constantFrom(
      'data: ',
      'data:',
      'a',
      '\n',
      '\r',
      '\r\n',
      ':',
      'event: e',
      ' ',
      '\n\n',
      '🙂',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const whole = read(pieces.join(''));
        assert.deepEqual(read(...pieces.join('')), whole);
        assert.deepEqual(read(...pieces), whole);
      }),
      { numRuns: 2000 },
    );
  });

  it('is written so that it reads back', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.option(fc.constantFrom('e'), { nil: undefined }),
        (text, event) => {
          const [back] = read(formatEvent({ event, data: text }));
          assert.deepEqual(back, { event, data: text.replace(/\r\n?/g, '\n') });
        },
      ),
    );
  });

  it('has events of a limited size, in one line or in many', () => {
    for (const piece of ['x', 'data: x\n', 'data: x\r\n']) {
      const parser = new EventParser(1000);
      const flood = () => {
        for (let sent = 0; sent < 3000; sent += 1) for (const _ of parser.push(piece));
      };
      assert.throws(flood, (error) => error instanceof HttpError && error.fault.kind === 'too-large');
    }
    assert.equal(read(`data: ${'x'.repeat(994)}\n\n`.repeat(3)).length, 3);
  });
});
