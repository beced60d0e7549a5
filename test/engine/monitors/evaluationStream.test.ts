import assert from 'node:assert/strict';
import { agentSpan, LiveMonitors, toolSpan } from '../../support/liveMonitors.ts';

describe('the evaluation stream', () => {
  let live: LiveMonitors;
  beforeEach(() => {
    live = new LiveMonitors();
  });
  afterEach(() => live.close());

  it('evaluates a step while its trace runs, and the agent once it has ended', async () => {
    await live.use(`
tools: { match: { kind: tool }, evaluators: [ is-json ] }
support: { match: { service: support-agent, kind: agent }, evaluators: [ { contains: shipped }, { 'trajectory:tool-used': lookup, name: looked-up } ] }`);

    live.receive(toolSpan('b1', { parentSpanId: 'a1' }));
    live.advance();
    assert.deepEqual(live.said, ['tools/is-json of b1: pass']);

    live.receive(agentSpan('a1', { answer: 'It was shipped.' }));
    live.advance();
    assert.deepEqual(live.said, [
      'support/contains of a1: pass',
      'support/looked-up of a1: pass',
      'tools/is-json of b1: pass',
    ]);
    assert.deepEqual(live.bugs, []);
  });

  it('says nothing twice, whatever comes again, and counts what it did', async () => {
    await live.use(
      `support: { match: { kind: agent }, evaluators: [ { contains: refund }, { length: { max: 99 } } ] }`,
    );
    live.receive(agentSpan('a1', { answer: 'No.' }));
    live.advance();
    live.receive(agentSpan('a1', { answer: 'No.' }));
    live.advance();

    assert.deepEqual(live.said, ['support/contains of a1: fail', 'support/length of a1: pass']);
    const figures = live.figures('support');
    assert.deepEqual([figures?.matched, figures?.evaluated, figures?.passed, figures?.failed], [1, 2, 1, 1]);
    assert.deepEqual(figures?.dropped, {});
    assert.equal(figures?.lastMs, live.clock.now());
  });

  it('never lets a missing measurement pass', async () => {
    await live.use(`
support: { match: { kind: agent }, evaluators: [ { not-contains: refund }, { latency: 5000 } ] }
models: { match: { kind: model }, evaluators: [ { not-contains: refund }, { 'not-trajectory:tool-used': refund, name: no-refund }, { finish-reason: stop } ] }`);
    live.receive(agentSpan('a1'));
    live.receive(agentSpan('a2', { status: 'error', statusMessage: 'HTTP 500', answer: 'half' }));
    live.receive(
      agentSpan('m1', {
        answer: 'That is all th',
        name: 'chat',
        attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.response.finish_reasons': ['length'] },
      }),
    );
    live.receive(agentSpan('m2', { attributes: { 'gen_ai.operation.name': 'chat' } }));
    live.advance();

    assert.deepEqual(live.said, [
      'models/finish-reason of m1: fail',
      'models/finish-reason of m2: error',
      'models/no-refund of m1: error',
      'models/no-refund of m2: error',
      'models/not-contains of m1: error',
      'models/not-contains of m2: error',
      'support/latency of a1: pass',
      'support/latency of a2: error',
      'support/not-contains of a1: error',
      'support/not-contains of a2: error',
    ]);
    for (const { score, passed } of live.evaluations) assert.equal(score === null, passed === null);
  });

  it('shows what it says in the list of traces and in the trace', async () => {
    await live.use(`support: { match: { kind: agent }, evaluators: [ { contains: refund } ] }`);
    live.receive(agentSpan('a1', { answer: 'No.' }));
    live.advance();
    while (live.traces.sumUp().length > 0);

    const { traces } = live.traces.traces({ limit: 1 });
    assert.equal(traces[0]?.score, 0);
  });

  it('evaluates nothing that came before there was a monitor, and nothing of a run', async () => {
    live.receive(agentSpan('a1', { answer: 'No.' }));
    await live.use(`support: { match: { kind: agent }, evaluators: [ is-json ] }`);
    live.receive(agentSpan('a2', { answer: 'No.', attributes: { 'touchstone.run.id': 'run-1' } }));
    live.receive(agentSpan('a3', { answer: '{}' }));
    live.advance();
    assert.deepEqual(live.said, ['support/is-json of a3: pass']);
  });

  it('leaves out what had ended long before it came, and counts it', async () => {
    await live.use(`support: { match: { kind: agent }, evaluators: [ is-json ] }`);
    const endMs = live.clock.now() - 3_600_001;
    live.receive(agentSpan('a1', { answer: '{}', startMs: endMs, endMs }));
    live.advance();
    assert.deepEqual([live.said, live.figures('support')?.dropped], [[], { late: 1 }]);
  });
});
