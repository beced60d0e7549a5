import assert from 'node:assert/strict';
import { readApiRequest } from '../../../../src/engine/gateway/apis/readApiRequest.ts';
import type { FinishedExchange } from '../../../../src/engine/gateway/exchange/finishedExchange.ts';
import { mayBeKept, replayKey } from '../../../../src/engine/gateway/exchange/replayCache.ts';
import type { Asked } from '../../../../src/engine/gateway/exchange/upstreamRequest.ts';
import { exchange } from '../../../support/gateway/livePairs.ts';

const PROVIDER = { kind: 'provider', provider: 'local', model: 'm' } as const;

function keyOf(more: Partial<Asked> = {}, server = 'http://a/v1'): string | undefined {
  const body = Buffer.from('{"model":"m"}');
  const asked: Asked = {
    ...{ api: 'chat', method: 'POST', path: '/v1/chat/completions', search: '', headers: {} },
    ...{ sent: body, body, read: readApiRequest('chat', body) },
    ...more,
  };
  return replayKey('main', PROVIDER, server, asked);
}

describe('the replies that a gateway gives again', () => {
  it('are those of exactly the same request of somebody who says to be the same', () => {
    for (const other of [
      keyOf({ headers: { 'x-user-id': 'ann' } }),
      keyOf({ headers: { 'x-session-id': '1' } }),
      keyOf({ headers: { 'openai-organization': 'o' } }),
      keyOf({ headers: { 'anthropic-beta': 'b' } }),
      keyOf({ search: '?a=1' }),
      keyOf({ path: '/v1/chat/completions/' }),
      keyOf({ body: Buffer.from('{"model":"m" }') }),
      keyOf({}, 'http://b/v1'),
    ])
      assert.notEqual(other, keyOf());
    for (const same of [{ 'user-agent': 'x' }, { 'x-request-id': '1' }, { 'x-stainless-retry-count': '1' }])
      assert.equal(keyOf({ headers: same }), keyOf());
    assert.notEqual(keyOf({ headers: { 'x-user-id': 'ann' } }), keyOf({ headers: { 'x-user-id': 'bob' } }));
  });

  it('ended by themselves, whole and well', () => {
    const whole = exchange('a', 'asked', 'told');
    assert.ok(mayBeKept(whole));

    const ending = (reasons: string[]) => ({
      summary: whole.summary && { ...whole.summary, finishReasons: reasons },
    });
    assert.ok(mayBeKept({ ...whole, ...ending(['tool_calls']) }));
    const others: Partial<FinishedExchange>[] = [
      ...(['left', 'cut', 'failed', 'refused', 'timeout', 'empty'] as const).map((one) => ({ ending: one })),
      ...[null, 201, 204, 302, 400, 429, 500].map((status) => ({ status })),
      ...(['cache', 'fallback'] as const).map((source) => ({ source })),
      { summary: null },
      ...[[], ['length'], ['content_filter'], ['error'], ['stop', 'length']].map(ending),
    ];
    for (const other of others) assert.ok(!mayBeKept({ ...whole, ...other }), JSON.stringify(other));
  });
});
