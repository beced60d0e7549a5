import { UsageError, UserError } from '../engine/errors.ts';
import type { AlertRule, AlertsConfig } from '../engine/model/alertRule.ts';
import { listAlerts } from '../engine/telemetry/alerts/alertList.ts';
import { AlertStore } from '../engine/telemetry/alerts/alertStore.ts';
import { alertStorePath } from '../engine/telemetry/alerts/alertStoreFormat.ts';
import { testAlert } from '../engine/telemetry/alerts/testAlert.ts';
import type { alertCalls } from '../protocol/alertCalls.ts';
import type { Handlers } from '../protocol/call.ts';
import { MetricWatch } from './metricWatch.ts';
import type { Session } from './session.ts';
import { StoredFile } from './storedFile.ts';

/** News that are told at once; of more, the latest. */
const MOST_NEWS = 20;

/** What looks at alerts, and steers them by their file: the services process reads it with each look. */
export function alertHandlers(session: Session): Handlers<typeof alertCalls> {
  const { clock } = session.ports;
  let opened: StoredFile<AlertStore> | undefined;
  const file = () =>
    (opened ??= new StoredFile(
      alertStorePath(session.root),
      (path) => new AlertStore(path, { access: 'read' }),
    ));
  const watch = new MetricWatch(
    () => file().version,
    () => session.tell('alerts/changed', {}),
  );
  session.onClose(async () => {
    watch.stop();
    opened?.close();
  });

  const writing = <T>(work: (store: AlertStore) => T): T => {
    const store = new AlertStore(alertStorePath(session.root));
    try {
      return work(store);
    } finally {
      store.close();
    }
  };

  return {
    'alerts/list': async ({ after }, signal) => {
      const { rules } = await configOf(session, signal);
      const { store } = file();
      const { alerts, channels, watched, lookedMs } = listAlerts(rules, store, clock.now());
      const lastNews = store.lastTransition;
      // A file that begins anew has nothing that was told before.
      const news = after === null ? [] : store.transitionsAfter(after > lastNews ? 0 : after, 1_000);
      return {
        ...{ alerts, watched, lookedMs, lastNews },
        problems: channels.flatMap(({ name: channel, problem, waiting }) =>
          problem === null ? [] : [{ channel, problem, waiting }],
        ),
        news: news
          .filter(({ editor }) => editor)
          .slice(-MOST_NEWS)
          .map(({ notice }) => notice),
      };
    },

    'alerts/mute': async ({ name, group, forMs, reason }, signal) => {
      session.requireTrust('muting alerts');
      await ruleNamed(session, name, signal);
      const atMs = clock.now();
      const untilMs = atMs + forMs;
      writing((store) => store.mutes.add({ rule: name, group, untilMs, reason, atMs }));
      return { untilMs };
    },

    'alerts/unmute': ({ name, group }) => {
      session.requireTrust('muting alerts');
      writing((store) => store.mutes.remove({ rule: name, group }));
      return {};
    },

    'alerts/test': async ({ name }, signal) => {
      session.requireTrust('sending notifications');
      const { rule, channels } = await ruleNamed(session, name, signal);
      const { root, environment } = session;
      const store = new AlertStore(alertStorePath(root));
      try {
        return { channels: await testAlert(rule, { store, channels, root, clock, environment }, signal) };
      } finally {
        store.close();
      }
    },

    'alerts/watch': ({ on }) => {
      if (on) watch.start();
      else watch.stop();
      return {};
    },
  };
}

/** While the file is broken, what it said last. */
async function configOf(session: Session, signal: AbortSignal): Promise<AlertsConfig> {
  const none = { rules: [], channels: [] };
  try {
    return (await session.load(signal)).config.alerts ?? none;
  } catch (error) {
    if (error instanceof UserError) return session.config?.alerts ?? none;
    throw error;
  }
}

async function ruleNamed(
  session: Session,
  name: string,
  signal: AbortSignal,
): Promise<AlertsConfig & { rule: AlertRule }> {
  const config = await configOf(session, signal);
  const rule = config.rules.find((one) => one.name === name);
  if (rule) return { ...config, rule };
  throw new UsageError(`there is no alert '${name}'`, { remedy: 'Add it to touchstone.yaml.' });
}
