import assert from 'node:assert/strict';
import { systemClock } from '../../../src/engine/ports.ts';
import { TraceStore } from '../../../src/engine/traces/traceStore.ts';
import { traceStorePath } from '../../../src/engine/traces/traceStoreFormat.ts';
import { agentSpan, LiveMonitors } from '../../support/liveMonitors.ts';
import { type OpenAiServer, type Script, startOpenAiServer } from '../../support/openaiServer.ts';

const POLITE: Script = {
  text: JSON.stringify({ reason: 'polite', score: 1, pass: true }),
  usage: { input: 100, output: 20 },
};

describe('judges of monitors', () => {
  let live: LiveMonitors;
  let server: OpenAiServer;
  let answer: (question: string) => Script;

  beforeEach(async () => {
    answer = () => POLITE;
    server = await startOpenAiServer(({ body }) => answer(JSON.stringify(body.messages)));
    live = new LiveMonitors({ clock: systemClock });
  });
  afterEach(async () => {
    await live.close();
    await server.close();
  });

  const providers = (price = true) => `providers:
  local:
    base_url: ${server.baseUrl}
    api_key: \${env:KEY}
${price ? '    prices: { judge: { input: 1, output: 1 }, slow: { input: 1, output: 1 } }\n' : ''}`;

  const span = (spanId: string, text = 'Thank you.') =>
    agentSpan(spanId, { traceId: spanId.padEnd(32, '0'), answer: text, ...ended() });
  const ended = () => ({ startMs: Date.now() - 1_000, endMs: Date.now() - 10 });

  it('are asked about what came, and what they take is counted', async () => {
    await live.use(
      'support: { match: { kind: agent }, judge: local/judge, evaluators: [ { rubric: polite }, { contains: Thank } ] }',
      providers(),
    );
    live.receive(span('a1'));
    live.advance();
    assert.deepEqual(live.said, ['support/contains of a1: pass']);
    await live.until(2);

    const judged = live.evaluations.find(({ evaluator }) => evaluator === 'rubric');
    assert.deepEqual([judged?.passed, judged?.stage, judged?.costUsd], [true, 'judge', 120e-6]);
    assert.equal(live.figures('support')?.costUsd, 120e-6);
    assert.match(JSON.stringify(server.requests[0]?.body), /Thank you\./);
  });

  it('that hang hold up nobody else, and what finds no room is counted', async () => {
    answer = (question) => (question.includes('no-answer') ? { hang: true } : POLITE);
    await live.use(
      `support:
  match: { kind: agent }
  judge: local/judge
  evaluators: [ { rubric: { criteria: no-answer, model: local/slow }, name: stuck }, { rubric: polite, name: kind }, { contains: Thank } ]`,
      providers(),
    );
    live.receive(...Array.from({ length: 520 }, (_, index) => span(`s${index}`)));
    live.advance();

    assert.equal(live.evaluations.length, 520, 'what needs no judge is evaluated at once');
    // Two are asked, 500 wait, and the judge that answers has taken as many of its own.
    const { dropped = {}, pending = 0 } = live.figures('support') ?? {};
    assert.equal(pending + (dropped['queue'] ?? 0), 2 * 520);
    await live.until(520 + 100);
    const stuck = live.evaluations.filter(({ evaluator }) => evaluator === 'stuck');
    assert.deepEqual(stuck, []);
  });

  it('that hang, however many, keep no other judge of the monitor from being asked', async () => {
    answer = (question) => (question.includes('no-answer') ? { hang: true } : POLITE);
    const stuck = [1, 2, 3].map(
      (nth) => `{ rubric: { criteria: no-answer, model: local/slow }, name: stuck-${nth} }`,
    );
    await live.use(
      `support: { match: { kind: agent }, judge: local/judge, evaluators: [ ${stuck.join(', ')}, { rubric: polite, name: kind } ] }`,
      providers(),
    );
    live.receive(...Array.from({ length: 20 }, (_, index) => span(`s${index}`)));
    live.advance();
    await live.until(20);
    assert.deepEqual(live.figures('support')?.dropped, {});
    assert.ok(live.evaluations.every(({ evaluator, passed }) => evaluator === 'kind' && passed));
  });

  it('spend no more than the budget of the monitor, and what is left out is counted', async () => {
    await live.use(
      `support:
  match: { kind: agent }
  evaluators: [ { rubric: { criteria: polite, model: local/judge } } ]
  budget: { max_cost_usd: 0.006 }`,
      providers(),
    );
    const count = 40;
    live.receive(...Array.from({ length: count }, (_, index) => span(`s${index}`)));
    live.advance();

    const settled = () => {
      const { evaluated = 0, dropped = {} } = live.figures('support') ?? {};
      return evaluated + (dropped['budget'] ?? 0);
    };
    while (settled() < count) await new Promise((resolve) => setTimeout(resolve, 5));
    const figures = live.figures('support');
    assert.ok((figures?.costUsd ?? 1) <= 0.006, `${figures?.costUsd} dollars were spent`);
    assert.ok((figures?.dropped['budget'] ?? 0) > 0);
    assert.match(live.stream.lastRefusal?.message ?? '', /budget/);
  });

  it('whose cost is unknown are not asked within a budget, which says so until they are', async () => {
    const monitors = `support:
  match: { kind: agent }
  evaluators: [ { rubric: { criteria: polite, model: local/judge } } ]
  budget: { max_cost_usd: 1 }`;
    await live.use(monitors, providers(false));
    assert.match(
      live.problem ?? '',
      /^the cost of local\/judge is unknown, so the budget of "support" cannot hold/,
    );
    live.receive(span('a1'));
    live.advance();
    while (live.stream.lastRefusal === null) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(
      live.stream.lastRefusal.message,
      "the budget of the monitor 'support' is in dollars, and the cost of this call is unknown: the price of judge is unknown; set it under providers in touchstone.yaml",
    );
    assert.deepEqual(live.figures('support')?.dropped, { budget: 1 });
    assert.equal(server.requests.length, 0);

    await live.use(monitors, providers());
    assert.equal(live.problem, null);
    assert.equal(live.stream.lastRefusal, null);
    live.receive(span('a2'));
    live.advance();
    await live.until(1);
  });

  it('that fail are an error and never a pass', async () => {
    answer = () => ({ status: 400, message: 'no' });
    await live.use(
      'support: { match: { kind: agent }, judge: local/judge, evaluators: [ { not-rubric: rude } ] }',
      providers(),
    );
    live.receive(span('a1'));
    live.advance();
    await live.until(1);
    assert.deepEqual(live.said, ['support/not-rubric of a1: error']);
    assert.equal(live.evaluations[0]?.score, null);
  });

  it('are asked about nothing twice: what was under way when the process ended is an error', async () => {
    answer = () => ({ hang: true });
    const monitors =
      'support: { match: { kind: agent }, judge: local/judge, evaluators: [ { rubric: polite } ] }';
    await live.use(monitors, providers());
    live.receive(span('a1'), span('a2'), span('a3'));
    live.advance();
    await server.received(2);
    await live.close();
    answer = () => POLITE;

    live = new LiveMonitors({ root: live.root, clock: systemClock });
    await live.use(monitors, providers());
    live.advance();
    await live.until(3);

    assert.deepEqual(live.said, [
      'support/rubric of a1: error',
      'support/rubric of a2: error',
      'support/rubric of a3: pass',
    ]);
    assert.deepEqual([server.requests.length, live.figures('support')?.unpriced], [3, 2]);
  });

  it('of a monitor that is removed are asked no more, and that is counted', async () => {
    answer = () => ({ hang: true });
    await live.use(
      'support: { match: { kind: agent }, judge: local/judge, evaluators: [ { rubric: polite } ] }',
      providers(),
    );
    live.receive(...['a1', 'a2', 'a3', 'a4', 'a5'].map((id) => span(id)));
    live.advance();
    await live.use('other: { match: { kind: agent }, evaluators: [ is-json ] }', providers());
    assert.deepEqual(live.figures('support')?.dropped, { removed: 3 });
  });

  it('leave nothing of a trace that was forgotten while they were asked, and that is counted', async () => {
    const late = Promise.withResolvers<void>();
    answer = () => ({ ...POLITE, after: late.promise });
    await live.use(
      'support: { match: { kind: agent }, judge: local/judge, evaluators: [ { rubric: polite } ] }',
      providers(),
    );
    live.receive(span('a1'));
    live.advance();
    await server.received(1);
    while (live.traces.sumUp().length > 0);
    const later = new TraceStore(traceStorePath(live.root), { retention: { maxAgeMs: 0, maxBytes: 1 } });
    assert.equal(later.forgetSome(Date.now() + 60_000), 1);
    later.close();
    late.resolve();

    const isOver = () => live.figures('support')?.dropped['forgotten'] === 1;
    while (!isOver()) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(live.evaluations, []);
    assert.deepEqual(live.traces.sumUp(), []);
    assert.deepEqual(live.bugs, []);
  });

  it('say nothing that shows a key', async () => {
    answer = () => ({
      text: JSON.stringify({ reason: 'the key is secret-key-of-the-judge', score: 0, pass: false }),
      usage: { input: 1, output: 1 },
    });
    await live.use(
      'support: { match: { kind: agent }, judge: local/judge, evaluators: [ { rubric: polite } ] }',
      providers(),
    );
    live.receive(span('a1'));
    live.advance();
    await live.until(1);
    assert.equal(live.evaluations[0]?.reason, 'the key is [key]');
  });
});
