import { Connection } from '../../http/httpConnection.ts';
import { linkLocalGuard } from '../../http/linkLocal.ts';
import { type AlertChannel, type AlertRule, EDITOR_CHANNEL } from '../../model/alertRule.ts';
import type { Clock, Environment } from '../../ports.ts';
import { newGroup } from './alertGroup.ts';
import type { AlertStore } from './alertStore.ts';
import { openChannel } from './channels/openChannel.ts';
import { noticeOf } from './noticeOf.ts';

export interface TestedChannel {
  name: string;
  /** Null: it was told. */
  problem: string | null;
}

export interface TestOptions {
  store: AlertStore;
  channels: readonly AlertChannel[];
  /** Real path of the workspace. */
  root: string;
  clock: Clock;
  environment: Environment;
}

/** Tells the channels of an alert once, all at the same time, without its outbox. Rejects with the reason of the signal. */
export async function testAlert(
  rule: AlertRule,
  { store, channels, root, clock, environment }: TestOptions,
  signal: AbortSignal,
): Promise<TestedChannel[]> {
  const nowMs = clock.now();
  const known = store.groups().find(({ group }) => group.rule === rule.name)?.group;
  const notice = noticeOf(rule, known ?? newGroup(rule.name, null, nowMs), { kind: 'test', root, nowMs });
  const test = { ...notice, startsAtMs: nowMs };
  const connection = new Connection(linkLocalGuard());
  try {
    return await Promise.all(
      rule.notify.map(async (name): Promise<TestedChannel> => {
        if (name === EDITOR_CHANNEL) {
          store.tellEditors(test, nowMs);
          return { name, problem: null };
        }
        const channel = channels.find((one) => one.name === name);
        if (!channel) return { name, problem: 'there is no such channel' };
        const sent = await openChannel(channel, { connection, clock, environment }).send(test, signal);
        return { name, problem: sent.status === 'sent' ? null : sent.reason };
      }),
    );
  } finally {
    connection.close();
  }
}
