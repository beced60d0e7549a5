import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { describe, it } from 'mocha';
import * as z from 'zod';
import { Peer } from '../../src/protocol/peer.ts';

const calls = { stuck: { params: z.strictObject({}), result: z.string() } };

describe('a call to the other side', () => {
  it('ends as soon as it is aborted, also where its answer never comes, or comes later', async () => {
    const [there, back] = [new PassThrough(), new PassThrough()];
    const caller = new Peer({ input: back, output: there }, calls);
    const other = new Peer({ input: there, output: back }, {});
    const [called, heard] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const answer = Promise.withResolvers<string>();
    const stuck = (_params: object, signal: AbortSignal): Promise<string> => {
      signal.addEventListener('abort', () => heard.resolve());
      called.resolve();
      return answer.promise;
    };
    other.answer(calls, { stuck }, (error) => ({ kind: 'bug', message: String(error) }));
    caller.listen();
    other.listen();

    const abort = new AbortController();
    const call = caller.call('stuck', {}, abort.signal);
    await called.promise;
    abort.abort(new Error('enough'));
    await assert.rejects(call, { message: 'enough' });
    await heard.promise;

    answer.resolve('late');
    await setImmediate();
    assert.equal(await caller.call('stuck', {}, new AbortController().signal), 'late');
    for (const peer of [caller, other]) peer.close();
  });
});
