import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { releaseApplier } from '../../../../src/engine/gateway/released/releaseApplier.ts';
import { chooseArm } from '../../../../src/engine/gateway/split/chooseArm.ts';
import { fixedEnvironment } from '../../../../src/engine/ports.ts';
import { parsePrompt } from '../../../../src/engine/prompts/parsePrompt.ts';
import { createRelease } from '../../../../src/engine/releases/createRelease.ts';
import type { ArmConfig } from '../../../../src/engine/suites/gateway/gatewayConfig.ts';
import { gatewayFixture } from '../../../support/gateway/gatewayFixture.ts';
import { chatReply, chatStream, provider, route, send } from '../../../support/gateway/testGateway.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const arm = (release: string, weight = 1): ArmConfig => ({
  name: release,
  weight,
  target: { kind: 'release', release },
});

/** Two releases that differ in what the system says. */
function releases(): string {
  const root = temporaryFolder();
  for (const name of ['warm', 'crisp']) {
    const text = `---\nmodel:\n  parameters: { max_tokens: 9 }\n---\nsystem:\nBe ${name} about {{product}}.\n\nuser:\n{{question}}\n`;
    const prompt = parsePrompt({ path: 'p.prompty', text }, { root, environment: fixedEnvironment({}) });
    createRelease({ root, name, prompt, model: 'openai/gpt-5-mini', now: 0 });
  }
  return root;
}

describe('a release that is asked through the gateway', () => {
  const fixture = gatewayFixture();

  async function start(arms?: ArmConfig[], root = releases()) {
    const upstream = await fixture.upstream(({ json }) => ({
      body: json?.['stream'] === true ? chatStream('Hello') : chatReply('Hello'),
      headers: { 'content-type': json?.['stream'] === true ? 'text/event-stream' : 'application/json' },
    }));
    const providers = { openai: provider(upstream.baseUrl) };
    const gateway = await fixture.gateway({
      providers,
      applyRelease: releaseApplier(root, providers),
      ...(arms
        ? { config: { routes: [route({ arms, sticky: { by: 'header', header: 'x-user' } })] } }
        : { config: { routes: [] } }),
    });
    return { upstream, gateway, root };
  }

  const variables = { product: 'lamps', question: 'Why?' };

  it('answers as a model, without any configuration, streamed or not', async () => {
    const { upstream, gateway } = await start();
    for (const stream of [false, true]) {
      const got = await send(gateway, { body: { model: 'release/warm', variables, stream } });
      assert.equal(got.status, 200);
      assert.equal(got.body.toString(), stream ? chatStream('Hello') : chatReply('Hello'));
    }
    for (const { json } of upstream.requests) {
      assert.deepEqual(
        [json?.['model'], json?.['variables'], json?.['max_tokens']],
        ['gpt-5-mini', undefined, 9],
      );
      assert.deepEqual(json?.['messages'], [
        { role: 'system', content: 'Be warm about lamps.' },
        { role: 'user', content: 'Why?' },
      ]);
    }
    assert.deepEqual(gateway.bugs, []);
  });

  it('says in a 400 what is missing, and asks nobody', async () => {
    const { upstream, gateway } = await start([arm('warm')]);
    const got = await send(gateway, { body: { model: 'support', variables: { product: 'x' } } });
    assert.equal(got.status, 400);
    const { error } = JSON.parse(got.body.toString());
    assert.match(error.message, /release\/warm needs the variable "question"; send it in "variables"/);
    assert.equal(error.type, 'invalid_request_error');
    const anthropic = await send(gateway, {
      path: '/v1/messages',
      body: { model: 'support', max_tokens: 9 },
    });
    assert.deepEqual(
      [anthropic.status, JSON.parse(anthropic.body.toString()).error.type],
      [400, 'invalid_request_error'],
    );
    assert.equal(upstream.requests.length, 0);
  });

  it('is a 404 where it does not exist, or was changed by hand', async () => {
    const { upstream, gateway, root } = await start();
    const missing = await send(gateway, { body: { model: 'release/cold', variables } });
    assert.deepEqual(
      [missing.status, /there is no release \\"cold\\"/.test(missing.body.toString())],
      [404, true],
    );

    assert.equal((await send(gateway, { body: { model: 'release/warm', variables } })).status, 200);
    const file = path.join(root, 'releases', 'warm.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('Be warm', 'Be terribly rude'));
    const changed = await send(gateway, { body: { model: 'release/warm', variables } });
    assert.deepEqual(
      [changed.status, /changed since the release was created: the prompt/.test(changed.body.toString())],
      [404, true],
    );
    assert.equal(upstream.requests.length, 1);
  });

  it('shares the traffic of a route with another one, each client with its own', async () => {
    const arms = [arm('warm', 1), arm('crisp', 1)];
    const { upstream, gateway } = await start(arms);
    for (let round = 0; round < 2; round++)
      for (let user = 0; user < 12; user++)
        await send(gateway, { headers: { 'x-user': `user ${user}` }, body: { model: 'support', variables } });

    const said = upstream.requests.map(({ json }) => JSON.stringify(json?.['messages']));
    const status = gateway.gateway.status().routes[0];
    const expected = Array.from(
      { length: 24 },
      (_, at) => chooseArm(arms, `${status?.route}\0user ${at % 12}`)?.name ?? '',
    );
    assert.ok(said.every((text, at) => text.includes(`Be ${expected[at]} about`)));
    assert.deepEqual([...new Set(expected)].sort(), ['crisp', 'warm']);
    assert.deepEqual(
      [status?.arms.map(({ target }) => target), status?.mismatch],
      [['release/warm', 'release/crisp'], null],
    );
  });

  it('answers nothing where the only weight is 0, and says so', async () => {
    const { upstream, gateway } = await start([arm('warm', 0)]);
    const got = await send(gateway, { body: { model: 'support', variables } });
    assert.equal(got.status, 503);
    assert.match(got.body.toString(), /weight/);
    assert.equal(upstream.requests.length, 0);
  });
});
