import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { fixedEnvironment } from '../../src/engine/ports.ts';
import { AlertStore } from '../../src/engine/telemetry/alerts/alertStore.ts';
import { alertStorePath } from '../../src/engine/telemetry/alerts/alertStoreFormat.ts';
import { TraceStore } from '../../src/engine/traces/traceStore.ts';
import { traceStorePath } from '../../src/engine/traces/traceStoreFormat.ts';
import { ConfigurationFile } from '../../src/services/configurationFile.ts';
import { LiveAlerts } from '../../src/services/liveAlerts.ts';
import { capturedSpans } from '../engine/telemetry/dialects/captures.ts';
import { ManualClock } from '../support/manualClock.ts';
import { stillRandom } from '../support/stillRandom.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const SILENCE = `
alerts: { silence: { when: calls < 1, over: 10s, notify: [oncall] } }
notify: { oncall: { alertmanager: "http://127.0.0.1:9" } }
`;

/** Knows how often alerts were looked at: requests wait for it, too, but longer. */
class CountingClock extends ManualClock {
  looks = 0;

  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms === 5_000) this.looks += 1;
    return super.sleep(ms, signal);
  }
}

/** Alerts of a folder, as services processes look at them one after the other. */
class Looked {
  readonly root: string;
  readonly clock = new CountingClock();
  readonly bugs: unknown[] = [];

  constructor(text: string) {
    this.root = temporaryFolder();
    this.write(text);
  }

  write(text: string): void {
    writeFileSync(path.join(this.root, 'touchstone.yaml'), text);
  }

  /** A process that looks so often; what it says of problems in the end. */
  async looks(count: number, between: (look: number) => void = () => {}): Promise<string[]> {
    const ended = new AbortController();
    const alerts = new LiveAlerts({
      ...{ root: this.root, clock: this.clock, random: stillRandom, environment: fixedEnvironment({}) },
      configuration: new ConfigurationFile(this.root, fixedEnvironment({}), this.clock),
      isReceiving: () => true,
      onChange: () => {},
      onBug: (error) => this.bugs.push(error),
    });
    this.clock.looks = 0;
    const running = alerts.run(ended.signal);
    for (let look = 1; look <= count; look += 1) {
      while (this.clock.looks < look) await turn();
      between(look);
      if (look < count) await this.clock.advance(5_000);
    }
    const { problems } = alerts;
    ended.abort();
    await running;
    assert.deepEqual(this.bugs, []);
    return problems;
  }

  /** States, what was told, and what waits to be sent. */
  get seen(): { states: string[]; told: string[]; waiting: string[] } {
    const store = new AlertStore(alertStorePath(this.root), { access: 'read' });
    try {
      return {
        states: store.groups().map(({ group }) => group.state),
        told: store.transitionsAfter(0, 100).map(({ notice }) => notice.kind),
        waiting: store.waiting('oncall', 100).map(({ notice }) => notice.kind),
      };
    } finally {
      store.close();
    }
  }
}

const FIRED = { states: ['firing'], told: ['firing'], waiting: ['firing'] };

describe('live alerts', () => {
  it('take nothing back, and give up nothing that waits, where the file is broken when a process starts', async () => {
    const looked = new Looked(SILENCE);
    await looked.looks(4);
    assert.deepEqual(looked.seen, FIRED);
    looked.write(`${SILENCE}\nalert: {}\n`);
    assert.match((await looked.looks(3)).join(), /^alerts: .*"alert" is not a key/);
    assert.deepEqual(looked.seen, FIRED);
    looked.write(SILENCE);
    assert.deepEqual(await looked.looks(4), []);
    assert.deepEqual(looked.seen, FIRED);
  });

  it('take nothing for a silence while what has come is not measured', async () => {
    const looked = new Looked(SILENCE);
    const traces = new TraceStore(traceStorePath(looked.root));
    traces.append(capturedSpans('ai-7.0.173-otel-1.0.173'), []);
    traces.close();
    await looked.looks(8);
    assert.deepEqual(looked.seen, { states: ['no-data'], told: [], waiting: [] });
  });

  it('begin anew where their file is removed', async () => {
    const looked = new Looked(SILENCE);
    await looked.looks(12, (look) => {
      if (look === 4) rmSync(path.join(looked.root, '.touchstone'), { recursive: true });
    });
    assert.deepEqual(looked.seen, FIRED);
  });
});
