import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../freePort.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

/** Debian's name, and that of the upstream release. */
const PROGRAMS = ['prometheus-alertmanager', 'alertmanager'];

/** The program of a real Alertmanager; undefined where there is none. */
export function alertmanagerProgram(): string | undefined {
  return PROGRAMS.find((name) => spawnSync(name, ['--version']).status === 0);
}

export interface AlertmanagerAlert {
  labels: { [name: string]: string };
  annotations: { [name: string]: string };
  startsAt: string;
  endsAt: string;
  fingerprint: string;
  generatorURL: string;
  status: { state: string };
}

export interface Alertmanager extends AsyncDisposable {
  readonly url: string;
  alerts(): Promise<AlertmanagerAlert[]>;
}

/** Starts it with a route that groups by alert and tells `hook` of each group within a second. */
export async function startAlertmanager(program: string, hook: string): Promise<Alertmanager> {
  const folder = temporaryFolder({
    'alertmanager.yml': `
route: { receiver: hook, group_by: [alertname], group_wait: 1s, group_interval: 1s, repeat_interval: 1h }
receivers:
  - name: hook
    webhook_configs: [{ url: "${hook}", send_resolved: true }]
`,
  });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(
    program,
    [
      `--config.file=${path.join(folder, 'alertmanager.yml')}`,
      `--storage.path=${path.join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    { stdio: 'ignore' },
  );
  await ready(url, child);

  return {
    url,
    alerts: async () => (await (await fetch(`${url}/api/v2/alerts`)).json()) as AlertmanagerAlert[],
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`Alertmanager ended with ${child.exitCode}`);
    const answer = await fetch(`${url}/-/ready`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(50);
  }
}
