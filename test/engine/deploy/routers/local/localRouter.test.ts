import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { LocalRouter } from '../../../../../src/engine/deploy/routers/local/localRouter.ts';
import { versionOf } from '../../../../../src/engine/deploy/versionOf.ts';
import { fixedEnvironment, systemClock } from '../../../../../src/engine/ports.ts';
import type { ArmConfig } from '../../../../../src/engine/suites/gateway/gatewayConfig.ts';
import { systemRandom } from '../../../../../src/systemRandom.ts';
import { openLocalWorld } from '../../../../support/deploy/localWorld.ts';
import { conformsAsRouter } from '../../../../support/deploy/routerConformance.ts';
import { temporaryFolder } from '../../../../support/temporaryFolder.ts';

conformsAsRouter('the gateway, with agents that others run,', () => openLocalWorld('urls'));
conformsAsRouter('the gateway, with agent programs,', () => openLocalWorld('programs'));

describe('the gateway, whose route somebody has changed in touchstone.yaml,', () => {
  const { signal } = new AbortController();
  const agent = (name: string, weight: number): ArmConfig => ({
    ...{ name, weight, target: { kind: 'agent', url: `http://${name}.invalid` } },
  });
  const version = (name: string) =>
    versionOf(name, { kind: 'url', url: `http://${name}.invalid` }, temporaryFolder());
  const pair = { blue: version('older'), green: version('newer') };

  for (const [what, arms, cleared] of [
    ['does not lead to a version that was stopped, once it is as it was', [agent('other', 100)], true],
    ['keeps weights that were set since', [agent('other', 40)], false],
  ] as const)
    it(what, async () => {
      const set: unknown[] = [];
      const now = {
        ...{ arms, configured: [agent('other', 100)], from: 'configuration' as const },
        ...{ overruled: [agent('older', 50), agent('newer', 50)], revision: '1', inFlight: {} },
        ...{ path: '/agents/desk', models: null, endpoint: 'http://127.0.0.1:1', token: '' },
      };
      const router = new LocalRouter({
        ...{ root: temporaryFolder(), route: 'desk', deployment: 'desk', versions: [] },
        ...{ clock: systemClock, random: systemRandom, environment: fixedEnvironment({}) },
        control: {
          read: async () => now,
          setArms: async (...asked) => {
            set.push(asked.slice(0, 3));
            return now;
          },
        },
      });
      await router.stop(pair, 'green', 0, signal);
      assert.deepEqual(set, cleared ? [['desk', null, '1']] : []);
    });
});
