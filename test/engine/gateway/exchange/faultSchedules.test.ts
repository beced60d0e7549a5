import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { FinishedExchange } from '../../../../src/engine/gateway/exchange/finishedExchange.ts';
import {
  type ScriptedUpstream,
  startScriptedUpstream,
  type UpstreamReply,
  type UpstreamStep,
} from '../../../support/gateway/scriptedUpstream.ts';
import {
  CHAT,
  chatStream,
  type Got,
  provider,
  route,
  send,
  startGateway,
  type TestGateway,
} from '../../../support/gateway/testGateway.ts';

/** What one upstream does with a request. */
type Fault =
  | { kind: 'whole'; pieceBytes: number }
  | { kind: 'status'; status: number }
  | { kind: 'destroy' }
  | { kind: 'hang' }
  | { kind: 'empty' }
  | { kind: 'error event' }
  | { kind: 'cut'; at: number }
  | { kind: 'stall'; at: number };

const FIRST_MS = 150;
const IDLE_MS = 150;

const stream = (name: string) => chatStream(...Array.from({ length: 5 }, (_, at) => `${name}${at} `));

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ kind: fc.constant('whole' as const), pieceBytes: fc.integer({ min: 1, max: 400 }) }),
  fc.record({ kind: fc.constant('status' as const), status: fc.constantFrom(400, 401, 429, 500, 503, 529) }),
  fc.constantFrom<Fault>({ kind: 'destroy' }, { kind: 'hang' }, { kind: 'empty' }, { kind: 'error event' }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.integer({ min: 0, max: stream('a').length - 1 }) }),
  fc.record({ kind: fc.constant('stall' as const), at: fc.integer({ min: 0, max: stream('a').length - 1 }) }),
);

function replyOf(name: string, one: Fault): UpstreamReply {
  const text = stream(name);
  switch (one.kind) {
    case 'whole':
      return { body: [{ write: text, pieceBytes: one.pieceBytes }] };
    case 'status':
      return { status: one.status, headers: { 'content-type': 'application/json' }, body: refusal(name) };
    case 'destroy':
    case 'hang':
      return one.kind;
    case 'empty':
      return { body: [] };
    case 'error event':
      return { body: 'data: {"error":{"message":"no","type":"server_error"}}\n\n' };
    case 'cut':
      return { body: [...start(text, one.at), 'cut'] };
    case 'stall':
      return { body: [...start(text, one.at), 'hang'] };
  }
}

function start(text: string, at: number): UpstreamStep[] {
  return at === 0 ? [] : [{ write: text.slice(0, at) }];
}

function refusal(name: string): string {
  return JSON.stringify({ error: { message: `${name} refuses`, type: 'server_error', code: null } });
}

/** Settled once for each call that was begun, and by nobody else. */
class Permits {
  open = 0;
  twice = 0;
}

describe('an exchange, whatever its upstreams do', () => {
  let faults: { a: Fault; b: Fault };
  let upstreams: ScriptedUpstream[];
  let gateway: TestGateway;

  before(async () => {
    faults = { a: { kind: 'hang' }, b: { kind: 'hang' } };
    upstreams = [
      await startScriptedUpstream(() => replyOf('a', faults.a)),
      await startScriptedUpstream(() => replyOf('b', faults.b)),
    ];
    const [a, b] = upstreams.map(({ baseUrl }) => provider(baseUrl));
    gateway = await startGateway({
      providers: { ...(a && b ? { a, b } : {}) },
      config: {
        routes: [
          route({
            arms: [{ name: 'a', weight: 1, target: { kind: 'provider', provider: 'a' } }],
            fallbacks: [{ kind: 'provider', provider: 'b' }],
            limits: {
              firstTokenMs: FIRST_MS,
              idleMs: IDLE_MS,
              wholeMs: 5_000,
              pauseMs: 5_000,
              queueMs: 60_000,
            },
          }),
        ],
      },
    });
  });
  after(async () => {
    await gateway.close();
    for (const one of upstreams) await one.close();
  });

  it('ends once, mixes no two answers, and gives back every permit', async function () {
    this.timeout(60_000);
    const permits = watchPermits(gateway);
    const leaving = fc.option(fc.integer({ min: 1, max: 600 }), { nil: undefined });

    await fc.assert(
      fc.asyncProperty(fault, fault, leaving, async (a, b, leaveAfter) => {
        faults = { a, b };
        const before = gateway.finished.length;
        const got = await send(gateway, {
          body: { ...CHAT, stream: true, stream_options: { include_usage: true } },
          ...(leaveAfter === undefined ? {} : { leaveAfter }),
        }).catch(() => undefined);
        const finished = (await gateway.ended(before + 1))[before];

        assert.ok(finished);
        assert.equal(gateway.finished.length, before + 1, 'one ending');
        checkBytes(got, finished, leaveAfter);
        assert.deepEqual({ ...permits }, { open: 0, twice: 0 });
        assert.deepEqual(gateway.bugs, []);
      }),
      { numRuns: 80, endOnFailure: true },
    );
  });

  /** What the client got is the beginning of one upstream's answer, or one refusal. */
  function checkBytes(
    got: Got | undefined,
    finished: FinishedExchange,
    leaveAfter: number | undefined,
  ): void {
    const text = got?.body.toString() ?? '';
    const isBegun = text.includes('data: ');
    if (isBegun) {
      const whole = ['a', 'b'].map(stream);
      assert.ok(
        whole.some((one) => one.startsWith(text)),
        text,
      );
      assert.equal(finished.status, 200);
      const isWhole = whole.includes(text);
      if (leaveAfter === undefined) assert.equal(finished.ending === 'done', isWhole && !got?.isCut);
      if (!isWhole && leaveAfter === undefined) assert.ok(got?.isCut, 'half a reply looks like one');
      return;
    }
    if (leaveAfter !== undefined) return;
    assert.ok(got && got.status >= 400, JSON.stringify(got));
    assert.ok(JSON.parse(text).error.message, text);
    assert.equal(finished.ending === 'done', /refuses/.test(text));
  }
});

function watchPermits({ guards }: TestGateway): Permits {
  const permits = new Permits();
  const pools = guards.pools;
  const policiesOf = pools.policiesOf.bind(pools);
  pools.policiesOf = (pool) => [
    ...policiesOf(pool),
    {
      name: 'bulkhead',
      admit: () => {
        permits.open += 1;
        let settled = false;
        return {
          settle: () => {
            if (settled) permits.twice += 1;
            settled = true;
            permits.open -= 1;
          },
        };
      },
    },
  ];
  return permits;
}
