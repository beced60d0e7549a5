import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import { systemClock } from '../../../src/engine/ports.ts';
import { agentSpan, LiveMonitors } from '../../support/liveMonitors.ts';
import { startOpenAiServer } from '../../support/openaiServer.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const WORKER = path.join(import.meta.dirname, '..', '..', 'support', 'monitorWorker.ts');
const MONITORS = `some: { match: { kind: agent }, share: 0.5, evaluators: [ { contains: yes } ] }
all: { match: { kind: agent }, evaluators: [ { contains: yes }, { length: { max: 5 } } ] }`;

describe('the evaluation stream, when its process ends anywhere', () => {
  it('says the same as one that went through, and each thing once', async () => {
    // What comes, in how many steps it is read, and where the process ends and another one goes on.
    const action = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ kind: fc.constant('receive'), answer: fc.constantFrom('yes', 'no', '') }),
      },
      { weight: 2, arbitrary: fc.constant({ kind: 'step' }) },
      { weight: 1, arbitrary: fc.constant({ kind: 'crash' }) },
    );
    let crashes = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 25 }), async (actions) => {
        const whole = await told(actions.filter(({ kind }) => kind === 'receive'));
        const broken = await told(actions);
        crashes += actions.filter(({ kind }) => kind === 'crash').length;
        assert.deepEqual(broken, whole);
      }),
      { numRuns: 25 },
    );
    assert.ok(crashes > 0);
  });

  async function told(actions: readonly { kind: string; answer?: string }[]) {
    let live = new LiveMonitors();
    await live.use(MONITORS);
    for (const [index, { kind, answer = '' }] of actions.filter((one) => one).entries()) {
      if (kind === 'receive') {
        const nth = actions.slice(0, index).filter((one) => one.kind === 'receive').length;
        live.receive(agentSpan(`s${nth}`, { traceId: `${nth}`.padStart(32, '0'), answer }));
      } else if (kind === 'step') live.stream.step();
      else {
        // Nothing of it is closed in order: only its connections end, as with a process.
        live.store.close();
        live.traces.close();
        live = new LiveMonitors({ root: live.root });
        await live.use(MONITORS);
      }
    }

    live.advance();
    const { said } = live;
    const figures = live.store.figures.map(({ lastMs: _, ...counts }) => counts);
    await live.close();
    return { said, figures };
  }

  it('evaluates each span once, and pays for none twice, when it is killed again and again', async function () {
    this.timeout(60_000);
    const root = temporaryFolder();
    const asked = new Map<string, number>();
    const server = await startOpenAiServer(({ body }) => {
      const [answer = ''] = /answer-\d+-end/.exec(JSON.stringify(body.messages)) ?? [];
      asked.set(answer, (asked.get(answer) ?? 0) + 1);
      return {
        text: JSON.stringify({ reason: 'fine', score: 1, pass: true }),
        usage: { input: 10, output: 10 },
        after: wait(20),
      };
    });
    const monitors = `support: { match: { kind: agent }, judge: local/judge, evaluators: [ { rubric: polite }, { contains: answer } ] }`;
    const providers = `providers:\n  local:\n    base_url: ${server.baseUrl}\n    prices: { judge: { input: 1, output: 1 } }\n`;

    const live = new LiveMonitors({ root, clock: systemClock });
    // The cursor begins before the first span.
    live.store.cursor = 0;
    let sent = 0;
    for (let round = 0; round < 8; round++) {
      const worker = spawn(process.execPath, [WORKER, root, monitors, providers], { stdio: 'inherit' });
      for (let batch = 0; batch < 6; batch++) {
        live.receive(...Array.from({ length: 3 }, () => spanOf(sent++)));
        await wait(80);
      }
      await killed(worker);
    }

    await live.use(monitors, providers);
    live.advance();
    await live.until(2 * sent);

    const figures = live.figures('support');
    assert.deepEqual([figures?.matched, figures?.evaluated, figures?.pending], [sent, 2 * sent, 0]);
    const judged = live.evaluations.filter(({ evaluator }) => evaluator === 'rubric');
    assert.equal(new Set(judged.map(({ spanId }) => spanId)).size, sent);
    assert.deepEqual(
      [...asked].filter(([, times]) => times > 1),
      [],
    );
    // What was asked when it was killed is an error of unknown cost, and all else has its verdict.
    for (const { passed, costUsd } of judged) assert.equal(passed === null, costUsd === null);
    assert.ok(judged.filter(({ passed }) => passed).length > 0);
    await live.close();
    await server.close();
  });

  function spanOf(nth: number) {
    const traceId = `${nth}`.padStart(32, '0');
    const endMs = Date.now();
    return agentSpan(`s${nth}`, { traceId, answer: `answer-${nth}-end`, startMs: endMs - 5, endMs });
  }

  async function killed(worker: ChildProcess): Promise<void> {
    const gone = once(worker, 'exit');
    worker.kill('SIGKILL');
    await gone;
  }
});
