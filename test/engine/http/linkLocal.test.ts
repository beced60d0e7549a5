import assert from 'node:assert/strict';
import type { LookupFunction } from 'node:net';
import { Connection } from '../../../src/engine/http/httpConnection.ts';
import { isLinkLocal, linkLocalGuard } from '../../../src/engine/http/linkLocal.ts';
import { systemClock } from '../../../src/engine/ports.ts';
import { post } from '../../../src/engine/telemetry/alerts/channels/post.ts';
import { startWebhookReceiver } from '../../support/alerts/webhookReceiver.ts';

const hostOf = (host: string): string => new URL(`http://${host}/`).hostname;

describe('link-local addresses', () => {
  for (const host of [
    ...[
      '169.254.169.254',
      '2852039166',
      '0xa9fea9fe',
      '0251.0376.0251.0376',
      '169.254.43518',
      '169.254.169.254.',
    ],
    ...[
      '[::ffff:169.254.169.254]',
      '[0:0:0:0:0:ffff:a9fe:a9fe]',
      '[::169.254.169.254]',
      '[64:ff9b::a9fe:a9fe]',
    ],
    ...['[fe80::1]', '[FEBF::1]'],
  ])
    it(`are known as ${host}`, () => assert.ok(isLinkLocal(hostOf(host))));

  for (const host of [
    '127.0.0.1',
    '169.253.0.1',
    '10.0.0.1',
    '[::1]',
    '[fec0::1]',
    '[::ffff:127.0.0.1]',
    'fe80',
    'localhost',
  ])
    it(`are not ${host}`, () => assert.ok(!isLinkLocal(hostOf(host))));

  it('are known with their zone', () => assert.ok(isLinkLocal('fe80::1%eth0')));

  it('are refused where they stand in the URL, before anything is sent', async () => {
    const connection = new Connection(linkLocalGuard());
    for (const host of ['169.254.169.254', '[fe80::1]', '[::ffff:a9fe:a9fe]', '2852039166'])
      assert.deepEqual(
        await post(
          {
            ...{ connection, clock: systemClock, headers: {}, body: '{}' },
            url: new URL(`http://${host}/latest`),
          },
          new AbortController().signal,
        ),
        {
          status: 'failed',
          reason: `${hostOf(host)} is a link-local address; nothing is sent there`,
        },
      );
    connection.close();
  });

  it('are refused where a name leads to them, whatever else it leads to', async () => {
    const sentTo = async (url: string, ...addresses: string[]) => {
      const lookup: LookupFunction = (_name, _options, callback) =>
        callback(
          null,
          addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
        );
      const connection = new Connection(linkLocalGuard(lookup));
      try {
        const posting = { connection, clock: systemClock, url: new URL(url), headers: {}, body: '{}' };
        return await post(posting, new AbortController().signal);
      } finally {
        connection.close();
      }
    };
    await using receiver = await startWebhookReceiver();
    const named = receiver.url.replace('127.0.0.1', 'hook.example');
    assert.deepEqual(await sentTo(named, '127.0.0.1'), { status: 'sent' });
    for (const address of ['169.254.169.254', '::ffff:169.254.169.254', 'fe80::1'])
      assert.deepEqual(await sentTo(named, '127.0.0.1', address), {
        status: 'failed',
        reason: `hook.example leads to ${address}, a link-local address; nothing is sent there`,
      });
    assert.equal(receiver.calls.length, 1);
  });
});
