import assert from 'node:assert/strict';
import { noLog, systemClock } from '../../src/engine/ports.ts';
import { EngineModels } from '../../src/engine/runs/preparation/engineModels.ts';
import { RunStore } from '../../src/engine/store/runStore.ts';
import { storePath } from '../../src/engine/store/storeFile.ts';
import { loadWorkspace } from '../../src/engine/suites/loadWorkspace.ts';
import { processOwner } from '../../src/processOwner.ts';
import { GatewayPairs } from '../../src/services/gatewayPairs.ts';
import { systemRandom } from '../../src/systemRandom.ts';
import { pair, ROUTE, SHADOW, SUITE } from '../support/gateway/livePairs.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const DATASET = 'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n  - { id: one, input: hello }\n';
const NEWER = { kind: 'provider', provider: 'local', model: 'newer' } as const;

describe('comparisons of the shadows of a gateway', () => {
  const environment = { get: () => undefined };
  const ports = { clock: systemClock, random: systemRandom, environment, log: noLog };

  const open = async () => {
    const root = temporaryFolder({ 'touchstone.yaml': SUITE, 'tone.golden.yaml': DATASET });
    const workspace = await loadWorkspace({ root, environment, signal: new AbortController().signal });
    const store = new RunStore(storePath(root));
    const ends: string[] = [];
    const pairs = new GatewayPairs({
      ...ports,
      ...{ store, owner: processOwner(), models: new EngineModels(ports), workspace: () => workspace },
      onEnd: (route, reason) => ends.push(`${route}: ${reason}`),
      onChange: () => {},
      onBug: (error) => assert.fail(String(error)),
    });
    const close = async () => {
      await pairs.close();
      store.close();
    };
    return { store, pairs, ends, close };
  };

  it('are refused where they cannot be opened, so that nobody pays for copies', async () => {
    const { pairs, close } = await open();
    assert.throws(() => pairs.sinkFor(ROUTE, { ...SHADOW, suite: 'gone' }), /gone/);
    assert.match(pairs.problem ?? '', /^shadow of support: .*gone/);
    pairs.sinkFor(ROUTE, SHADOW);
    assert.equal(pairs.problem, null);
    await close();
  });

  it('end where another shadow takes their place, and go on where it is the same', async () => {
    const { store, pairs, ends, close } = await open();
    const runs = () => store.comparisons().map(({ status }) => status.state);
    pairs.sinkFor(ROUTE, SHADOW).offer(pair('a', 'first', ['no', 'please']));
    pairs.sinkFor(ROUTE, { ...SHADOW, share: 0.5 }).offer(pair('b', 'second', ['no', 'please']));
    assert.equal(runs().length, 1);

    pairs.sinkFor(ROUTE, { ...SHADOW, to: NEWER });
    while (runs().some((state) => state !== 'complete')) await systemClock.sleep(5);
    const [run] = store.comparisons();
    assert.deepEqual(store.counts(run?.id ?? ''), { passed: 2, failed: 2, errored: 0 });
    assert.deepEqual(ends, []);
    await close();
  });
});
