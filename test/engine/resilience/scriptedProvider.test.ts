import assert from 'node:assert/strict';
import { OpenAI } from 'openai';
import {
  type ProviderServer,
  type ProviderServerOptions,
  startProviderServer,
} from '../../support/provider/providerServer.ts';
import { goDuration } from '../../support/provider/rateLimits.ts';

const CHAT = { model: 'm', messages: [{ role: 'user' as const, content: 'hello' }] };

/** The scripted provider before the client that most agents use. */
describe('scripted provider', () => {
  let server: ProviderServer | undefined;
  afterEach(() => server?.close());

  async function open(options: ProviderServerOptions): Promise<OpenAI> {
    server = await startProviderServer(options);
    return new OpenAI({ baseURL: server.baseUrl, apiKey: 'sk-test', maxRetries: 0 });
  }

  it('answers, and tells its limits as OpenAI does', async () => {
    const client = await open({ limits: { requests: { capacity: 10, perMs: 0.001 } } });
    const { response } = await client.chat.completions.create(CHAT).withResponse();

    assert.equal(response.headers.get('x-ratelimit-limit-requests'), '10');
    assert.equal(response.headers.get('x-ratelimit-remaining-requests'), '9');
    assert.match(response.headers.get('x-ratelimit-reset-requests') ?? '', /^(\d+ms|\d+(\.\d+)?s)$/);
  });

  it('refuses what its limits do not allow with 429 and the time to wait', async () => {
    const client = await open({
      limits: { requests: { capacity: 2, perMs: 0.0001 } },
      retryAfter: 'milliseconds',
    });
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => client.chat.completions.create(CHAT)));
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));

    assert.equal(refused.length, 1);
    assert.equal(refused[0].status, 429);
    assert.ok(Number(refused[0].headers.get('retry-after-ms')) > 9000);
    assert.deepEqual(
      [...(server?.counts ?? [])].sort(([a], [b]) => a - b),
      [
        [200, 2],
        [429, 1],
      ],
    );
  });

  it('takes no more calls at once than it says', async () => {
    const client = await open({ limits: { concurrency: 2 }, latency: () => 1000 });
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map(() => client.chat.completions.create(CHAT)));

    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 2);
    assert.equal(server?.peak, 2);
    await client.chat.completions.create(CHAT);
  });

  it('fails in each way when told', async () => {
    const faults = [{ status: 503 }, 'destroy', 'cut', 'malformed'] as const;
    const client = await open({ fault: ({ index }) => faults[index] });

    for (const fault of faults) {
      const whole = async () => {
        const stream = await client.chat.completions.create({ ...CHAT, stream: true });
        for await (const chunk of stream) if (chunk.choices[0]?.finish_reason) return;
        throw new Error('no finish reason');
      };
      await assert.rejects(whole, `${fault}`);
    }
  });

  it('writes durations as Go does', () => {
    assert.deepEqual([76, 7660, 360_000, 61_500].map(goDuration), ['76ms', '7.66s', '6m0s', '1m1.5s']);
  });
});
