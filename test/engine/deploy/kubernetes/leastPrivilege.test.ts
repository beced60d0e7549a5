import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { parse } from 'yaml';
import { KubernetesJournal } from '../../../../src/engine/deploy/routers/kubernetes/journal/kubernetesJournal.ts';
import { namesOf } from '../../../../src/engine/deploy/routers/kubernetes/versions/versionNames.ts';
import type { JsonObject } from '../../../../src/engine/model/json.ts';
import { systemClock } from '../../../../src/engine/ports.ts';
import type { AccessRule } from '../../../support/kubernetes/accessRules.ts';
import { imageVersion, SHOP, type Shop, startShop } from '../../../support/kubernetes/shop.ts';

const { signal } = new AbortController();
const file = path.join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'kubernetes-role.yaml');
const { rules } = parse(readFileSync(file, 'utf8')) as { rules: AccessRule[] };

describe('the Role of the documentation', () => {
  it('is enough for all that a deployment does', async () => {
    assert.deepEqual(await refused(rules), []);
  });

  for (const [index, rule] of rules.entries())
    for (const verb of rule.verbs)
      it(`needs ${verb} for ${rule.resources.join(', ')}`, async () => {
        const less = rules.with(index, { ...rule, verbs: rule.verbs.filter((one) => one !== verb) });
        const [first] = await refused(less);
        assert.match(first ?? '', new RegExp(`^${verb} ${rule.resources[0]} `));
      });
});

/** What the cluster refuses of a deployment from its beginning to its end. */
async function refused(given: readonly AccessRule[]): Promise<readonly string[]> {
  const shop = await startShop({ rules: given });
  try {
    await deploy(shop).catch((error: unknown) => {
      if (shop.server.refused.length === 0) throw error;
      assert.match(String(error), /is forbidden/);
    });
    return shop.server.refused;
  } finally {
    await shop.close();
  }
}

async function deploy(shop: Shop): Promise<void> {
  const router = shop.router();
  const pair = await shop.pair();
  await watched(shop, () => router.changed(1, signal));
  await router.start(pair, signal);
  const asked = await router.target(pair, 'green', signal);
  for (const method of ['GET', 'POST']) {
    const reply = await fetch('url' in asked ? asked.url : '', { method, headers: { ...asked.headers } });
    if (reply.status === 403) throw new Error(await reply.text());
  }

  await router.setWeights(pair, { blue: 99, green: 1 }, signal);
  shop.edit('deployments', 'support', (blue) => ((blue['spec'] as JsonObject)['replicas'] = 9));
  for (const green of [50, 50, 100, 100])
    await router.setWeights(pair, { blue: 100 - green, green }, signal).catch((error: unknown) => {
      if (!/needs \d pods/.test(String(error))) throw error;
    });
  const next = { blue: pair.green, green: imageVersion('agent:3') };
  await router.start(next, signal);
  await router.setWeights(next, { blue: 0, green: 100 }, signal);
  await router.stop(next, 'blue', 0, signal);
  assert.ok(!shop.server.names('services').includes(namesOf(SHOP, pair.green).service));

  const journal = new KubernetesJournal(shop.client(), systemClock);
  await journal.hold('support', 'me', 1_000, signal);
  await journal.hold('support', 'me', 1_000, signal);
  const entry = { kind: 'note' as const, atMs: 1, by: 'me', text: 'it began', data: {} };
  await journal.append('support', entry, 0, signal);
  await journal.append('support', { ...entry, text: 'and went on' }, 1, signal);
  assert.deepEqual(await journal.list(signal), ['support']);
}

/** Until both watches have been asked for, or were refused. */
async function watched(shop: Shop, begin: () => Promise<void>): Promise<void> {
  await begin();
  const { answered, refused: no } = shop.server;
  const isThere = (kind: string) => answered.some(({ line }) => line.startsWith(`watch ${kind}`));
  for (let left = 200; left > 0 && no.length === 0; left -= 1) {
    if (isThere('httproutes') && isThere('deployments')) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  if (no.length > 0) throw new Error(`${no[0]} is forbidden`);
}
