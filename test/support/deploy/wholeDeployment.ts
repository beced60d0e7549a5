import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Controller } from '../../../src/engine/deploy/controller/controller.ts';
import type { DeploymentStatus } from '../../../src/engine/deploy/deploymentStatus.ts';
import { monitorOf } from '../../../src/engine/deploy/evidence/monitorOf.ts';
import { openEvidence } from '../../../src/engine/deploy/evidence/openEvidence.ts';
import { beginDeployment } from '../../../src/engine/deploy/journal/beginDeployment.ts';
import { LocalJournal } from '../../../src/engine/deploy/journal/localJournal.ts';
import { judgeStep } from '../../../src/engine/deploy/judge/judgeStep.ts';
import type { DeploymentPhase } from '../../../src/engine/deploy/machine/phase.ts';
import { gatewayRoutes } from '../../../src/engine/deploy/routers/local/gatewayRoutes.ts';
import { LocalRouter } from '../../../src/engine/deploy/routers/local/localRouter.ts';
import { versionOf } from '../../../src/engine/deploy/versionOf.ts';
import { WeightFile } from '../../../src/engine/gateway/routes/weightFile.ts';
import { EvaluationStream } from '../../../src/engine/monitors/evaluationStream.ts';
import { MonitorStore } from '../../../src/engine/monitors/monitorStore.ts';
import { openMonitors } from '../../../src/engine/monitors/openMonitors.ts';
import { fixedEnvironment, noLog, systemClock } from '../../../src/engine/ports.ts';
import { loadWorkspace, type Workspace } from '../../../src/engine/suites/loadWorkspace.ts';
import { readWrittenSpans } from '../../../src/engine/telemetry/writtenSpans.ts';
import { TraceStore } from '../../../src/engine/traces/traceStore.ts';
import { traceStorePath } from '../../../src/engine/traces/traceStoreFormat.ts';
import { processOwner } from '../../../src/processOwner.ts';
import { systemRandom } from '../../../src/systemRandom.ts';
import { send, startGateway, TOKEN } from '../gateway/testGateway.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

const { signal } = new AbortController();

export type AgentKind = 'polite' | 'refusing' | 'slow' | 'costly' | 'rude about bills';

const BILLS = 60;

/** What came of a deployment, and what its users saw. */
export interface WholeDeployment {
  phase: DeploymentPhase;
  reason: string;
  /** Weights that green had, in order. */
  weights: number[];
  /** Requests that green got of users. */
  green: number;
  requests: number;
  /** Of users. */
  failed: number;
  serving: string | undefined;
  statuses: DeploymentStatus[];
}

/** Deploys an agent over a polite one, with the gateway, its traces, the monitor, the judge and the journal as they are, under traffic. */
export async function deployWhole(kind: AgentKind): Promise<WholeDeployment> {
  const agents = [agentOf('polite'), agentOf(kind)];
  const [older = 0, newer = 0] = await Promise.all(agents.map(listen));
  const root = temporaryFolder(filesOf(older, newer, kind));
  const workspace = await loadWorkspace({ root, environment: fixedEnvironment({}), signal });
  const [config] = workspace.config.deployments ?? [];
  if (!config) throw new Error('the workspace has no deployment');

  const traces = new TraceStore(traceStorePath(root), { clock: systemClock });
  const gateway = await startGateway({
    config: workspace.config.gateway,
    weights: new WeightFile(root, systemRandom),
    intake: {
      keep: async (written) =>
        void traces.append(
          readWrittenSpans(written).map(({ body }) => JSON.parse(body)),
          [],
        ),
    },
  });
  const control = gatewayRoutes({
    armsOf: (name) => gateway.gateway.armsOf(name),
    setArms: (name, arms, revision) => gateway.gateway.setArms(name, arms, revision),
    place: { endpoint: `http://127.0.0.1:${gateway.server.port}`, token: TOKEN },
  });
  const ports = { clock: systemClock, random: systemRandom, environment: fixedEnvironment({}) };
  const router = new LocalRouter({
    ...{ root, route: 'desk', deployment: 'desk', versions: config.versions, control },
    ...ports,
  });
  const journal = new LocalJournal({ root, owner: processOwner(), clock: systemClock });
  const evidence = openEvidence({ workspace, config, router, ...ports, log: noLog, owner: processOwner() });
  const gate = workspace.config.suites.find(({ name }) => name === config.suite)?.gate;

  const [version] = config.versions;
  if (!version) throw new Error('the deployment has no version');
  const pair = { blue: await router.current(signal), green: versionOf(version.name, version.what, root) };
  await beginDeployment({ journal, config, pair, by: 'Ada', clock: systemClock, signal });
  const statuses: DeploymentStatus[] = [];
  const controller = new Controller({
    ...{ config, journal, router, evidence, holder: 'whole', clock: systemClock, random: systemRandom },
    judge: (snapshot, step, found, nowMs) => judgeStep(snapshot, gate, step, found, nowMs),
    onChange: (status) => statuses.push(status),
  });

  const users = new Users(gateway);
  const monitor = await evaluating(workspace, traces, root);
  try {
    const phase = await controller.run(AbortSignal.timeout(100_000));
    const entries = await journal.read('desk', signal);
    const reason = statuses.at(-1)?.explanation.join(' ') ?? '';
    return {
      ...{ phase, reason, statuses, requests: users.sent, failed: users.failed, green: users.green },
      weights: entries.flatMap(({ kind, text }) => {
        const weight = kind === 'effect' ? /has (\d+) % of the traffic/.exec(text)?.[1] : undefined;
        return weight === undefined ? [] : [Number(weight)];
      }),
      serving: (await router.current(signal))?.name,
    };
  } finally {
    await users.stop();
    await monitor();
    await router.close();
    journal.close();
    await gateway.close();
    traces.close();
    for (const agent of agents) {
      agent.closeAllConnections();
      agent.close();
    }
  }
}

/** Ask the route one after another, several at once, until they are stopped. */
class Users {
  sent = 0;
  failed = 0;
  green = 0;
  #isOver = false;
  readonly #all: Promise<void>[];

  constructor(gateway: Parameters<typeof send>[0]) {
    this.#all = Array.from({ length: 4 }, () => this.#ask(gateway));
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#all);
  }

  async #ask(gateway: Parameters<typeof send>[0]): Promise<void> {
    while (!this.#isOver) {
      this.sent += 1;
      try {
        const { status, headers, isCut } = await send(gateway, { path: '/agents/desk', body: { q: 'hi' } });
        if (status !== 200 || isCut) this.failed += 1;
        if (headers['x-agent'] === 'newer') this.green += 1;
      } catch {
        this.failed += 1;
      }
      await systemClock.sleep(20);
    }
  }
}

/** The monitor of the deployment, as the services process has it. Ends when it is called. */
async function evaluating(
  workspace: Workspace,
  traces: TraceStore,
  root: string,
): Promise<() => Promise<void>> {
  const [config] = workspace.config.deployments ?? [];
  const monitor = config && monitorOf(workspace, config);
  const monitored = { ...workspace, config: { ...workspace.config, monitors: monitor ? [monitor] : [] } };
  const ports = { clock: systemClock, random: systemRandom, environment: fixedEnvironment({}), log: noLog };
  const opened = await openMonitors(monitored, { ...ports, owner: processOwner() }, signal);
  const store = new MonitorStore(traceStorePath(root));
  const bugs: unknown[] = [];
  const stream = new EvaluationStream({
    ...{ spans: traces.log, store, clock: systemClock, traces, publish: () => {} },
    onBug: (error) => bugs.push(error),
  });
  await stream.use({ ...opened, price: () => null }, 0);
  const end = new AbortController();
  const looking = (async () => {
    while (!end.signal.aborted) {
      while (stream.step());
      await systemClock.sleep(100);
    }
  })();
  return async () => {
    end.abort();
    await looking;
    await stream.close();
    await opened.close();
    store.close();
    if (bugs.length > 0) throw bugs[0];
  };
}

function agentOf(kind: AgentKind): Server & { label?: string } {
  const server: Server & { label?: string } = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const asked = Buffer.concat(chunks).toString();
      const answer = () => {
        response.writeHead(200, { 'content-type': 'application/json', 'x-agent': server.label ?? '' });
        const isRefused = kind === 'refusing' || (kind === 'rude about bills' && asked.includes('bill'));
        const output = isRefused ? 'I cannot help.' : 'You are welcome.';
        response.end(JSON.stringify({ output, cost_usd: kind === 'costly' ? 0.009 : 0.003 }));
      };
      if (kind === 'slow') setTimeout(answer, 400);
      else answer();
    });
  });
  return server;
}

async function listen(server: Server & { label?: string }, index: number): Promise<number> {
  server.label = index === 0 ? 'older' : 'newer';
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Cases carry tags; traffic does not. */
function casesOf(): string {
  const bills = Array.from(
    { length: BILLS },
    (_, at) => `  - { id: bill-${at}, input: "Where is bill ${at}?", tags: [bills] }\n`,
  );
  return ['  - { id: one, input: Hello }\n', ...bills].join('');
}

function filesOf(older: number, newer: number, kind: AgentKind): { [file: string]: string } {
  const isAboutBills = kind === 'rude about bills';
  const asksCases = isAboutBills || kind === 'costly';
  return {
    'live.golden.yaml': `schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n${casesOf()}`,
    'touchstone.yaml': `suites:
  polite:
    dataset: live.golden.yaml
    targets: [{ name: agent, http: "http://127.0.0.1:${older}" }]
    evaluators: [{ contains: welcome }]
    gate: { min_pass_rate: 0.8${kind === 'costly' ? ', max_cost_increase: 0.2' : ''}${isAboutBills ? ', no_regression: [bills]' : ''} }
gateway:
  routes:
    desk: { to: { url: "http://127.0.0.1:${older}" } }
deployments:
  desk:
    route: desk
    suite: polite
    versions: { newer: { url: "http://127.0.0.1:${newer}" } }
    steps: [50, 100]
    hold: 3s
    min_samples: 20
    undecided: extend
    max_extensions: 5
    ready_within: 20s
    keep: 1s
    drain: 1s
    evidence: { max_error_increase: 0.25, max_latency_increase: 1${asksCases ? ', golden_cases: true' : ''} }
`,
  };
}
