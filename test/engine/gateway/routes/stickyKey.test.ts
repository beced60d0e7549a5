import assert from 'node:assert/strict';
import { stickyKeyOf } from '../../../../src/engine/gateway/routes/stickyKey.ts';
import type { StickyKey } from '../../../../src/engine/suites/gateway/gatewayConfig.ts';
import { routeOf } from './routeOf.ts';

const SESSION: StickyKey = { by: 'session' };
const USER: StickyKey = { by: 'user' };
const HEADER: StickyKey = { by: 'header', header: 'x-tenant' };

describe('the key by which a client stays with a target', () => {
  const cases: [
    title: string,
    sticky: StickyKey | undefined,
    request: { session?: string; user?: string },
    headers: { [name: string]: string | string[] },
    key: string | null,
  ][] = [
    ['is none where the route does not ask for it', undefined, { session: 's', user: 'u' }, {}, null],
    ['is the session of the body', SESSION, { session: 's', user: 'u' }, { 'x-session-id': 'h' }, 's'],
    ['is the user of the body', USER, { session: 's', user: 'u' }, { 'x-user-id': 'h' }, 'u'],
    ['is the session of a header, as of an agent', SESSION, {}, { 'x-session-id': 'h' }, 'h'],
    ['is the user of a header', USER, {}, { 'x-user-id': 'h' }, 'h'],
    ['is the session of the baggage', SESSION, {}, { baggage: 'a=1, session.id=a%20b;x=y,user.id=u' }, 'a b'],
    ['is the user of the baggage', USER, {}, { baggage: 'session.id=a,user.id=%' }, '%'],
    ['is a header', HEADER, { session: 's' }, { 'x-tenant': 't' }, 't'],
    ['is a header that comes twice', HEADER, {}, { 'x-tenant': ['a', 'b'] }, 'a, b'],
    ['is none without the header', HEADER, { session: 's', user: 'u' }, {}, null],
    ['is none for an empty header', HEADER, {}, { 'x-tenant': '' }, null],
    ['is none where nothing is told', SESSION, { user: 'u' }, { baggage: 'x' }, null],
    ['is none for what every object has', { by: 'header', header: 'constructor' }, {}, {}, null],
  ];
  for (const [title, sticky, request, headers, key] of cases) {
    it(title, () => {
      const route = routeOf(sticky ? { sticky } : {});
      assert.equal(
        stickyKeyOf(route, { headers, request: { session: undefined, user: undefined, ...request } }),
        key,
      );
    });
  }

  it('is short, however long what was told is', () => {
    const of = (user: string) =>
      stickyKeyOf(routeOf({ sticky: USER }), { headers: {}, request: { session: undefined, user } }) ?? '';
    assert.equal(of('a'.repeat(200)).length, 200);
    assert.equal(of('a'.repeat(100_000)).length, 64);
    assert.notEqual(of('a'.repeat(100_000)), of('a'.repeat(100_001)));
  });
});
