import type { Command } from 'commander';
import { openEvidence } from '../../../engine/deploy/evidence/openEvidence.ts';
import { BegunRevisions } from '../../../engine/deploy/gate/begunRevisions.ts';
import { runAnswer } from '../../../engine/deploy/gate/gateAnswer.ts';
import { lookFor } from '../../../engine/deploy/gate/gateLook.ts';
import { gateRoutes } from '../../../engine/deploy/gate/gateRoutes.ts';
import { UsageError } from '../../../engine/errors.ts';
import { startServer } from '../../../engine/http/server/serverShell.ts';
import { defined } from '../../../engine/model/defined.ts';
import { noLog, processEnvironment, systemClock } from '../../../engine/ports.ts';
import { readReport } from '../../../engine/readReport.ts';
import { storePath } from '../../../engine/store/storeFile.ts';
import { StoreReader } from '../../../engine/store/storeReader.ts';
import type { Workspace } from '../../../engine/suites/loadWorkspace.ts';
import { processOwner } from '../../../processOwner.ts';
import { systemRandom } from '../../../systemRandom.ts';
import { EXIT } from '../../exitCode.ts';
import { onInterrupt } from '../../interrupt.ts';
import { openWorkspace } from '../../openWorkspace.ts';
import { wholeNumber } from '../../options/amounts.ts';
import { configOption } from '../../options/common.ts';
import type { RunAction } from '../../runAction.ts';
import { readDeployments } from '../../services/readDeployments.ts';
import type { Io } from '../../terminal/io.ts';

interface ServeGateOptions {
  config?: string;
  port: number;
  host?: string;
  allowHost?: string[];
}

const USUAL_PORT = 4330;
const GRACE_MS = 2_000;
/** Runs that are looked through for the last one of a suite. */
const MOST_RUNS = 500;

/** `touchstone gate serve`: its options. */
export function addGateServe(gate: Command, act: RunAction): void {
  gate
    .command('serve')
    .description(
      'answer what the gates of deployments and suites say, for Argo Rollouts and Flagger, until Ctrl-C',
    )
    .argument('[folder]', 'the workspace folder')
    .addOption(configOption())
    .option(
      '-p, --port <port>',
      `the port; 0 for any that is free (default: ${USUAL_PORT})`,
      wholeNumber(0, 65_535),
      USUAL_PORT,
    )
    .option('--host <address>', 'answer on another address than 127.0.0.1')
    .option('--allow-host <name...>', 'with --host: names by which controllers may reach this machine')
    .action((folder: string | undefined, options: ServeGateOptions) =>
      act((io) => serve(folder, options, io)),
    );
}

async function serve(folder: string | undefined, options: ServeGateOptions, io: Io): Promise<number> {
  const { host, allowHost = [], port } = options;
  if (host === undefined && allowHost.length > 0)
    throw new UsageError('--allow-host needs --host', {
      remedy: 'Say on which address to answer, e.g. --host 0.0.0.0.',
    });

  const { signal, release } = onInterrupt(io, 'stopping');
  const { workspace } = await openWorkspace(
    folder === undefined ? [] : [folder],
    defined({ config: options.config }),
    io.cwd,
    signal,
  );
  const given = processEnvironment.get('TOUCHSTONE_GATE_TOKEN');
  const token = given || systemRandom.hex(16);
  const gates = openGates(workspace, { token, options, io });
  try {
    const server = await startServer({
      ...{ name: 'the gate', port, token, routes: gates.routes, clock: systemClock },
      ...defined({ exposeOn: host }),
      allowedHosts: allowHost.map((name) => name.toLowerCase()),
      limits: { bodyBytes: 64 * 1024 },
      onBug: (error) => io.err(`bug: ${error instanceof Error ? error.message : String(error)}`),
    });

    io.out(`gates at http://${server.address}:${server.port}`);
    for (const { method, path } of gates.routes) io.out(`  ${method} ${path}`);
    // Who has given one knows it; a log need not.
    io.out(given ? 'bearer token: as TOUCHSTONE_GATE_TOKEN says' : `bearer token: ${token}`);
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    await server.close(GRACE_MS);
    return EXIT.passed;
  } finally {
    await gates.close();
    release();
  }
}

function openGates(
  workspace: Workspace,
  { token, options, io }: { token: string; options: ServeGateOptions; io: Io },
) {
  const { root, config } = workspace;
  const deployments = config.deployments ?? [];
  const ports = {
    clock: systemClock,
    random: systemRandom,
    environment: processEnvironment,
    log: noLog,
    owner: processOwner(),
  };
  const router = { target: () => Promise.reject(new Error('no version is asked by a gate')) };
  const open = new Map(
    deployments.map((one) => {
      const gate = config.suites.find(({ name }) => name === one.suite)?.gate;
      return [
        one.name,
        {
          config: one,
          gate,
          clock: systemClock,
          evidence: openEvidence({ ...ports, workspace, config: one, router }),
        },
      ];
    }),
  );
  const runs = new StoreReader(storePath(root));
  const begun = new BegunRevisions(root, systemRandom);

  return {
    routes: gateRoutes({
      token,
      deployments: deployments.map(({ name }) => name),
      suites: config.suites.map(({ name }) => name),
      look: (name, asked, signal) => {
        const given = open.get(name);
        if (!given) throw new Error(`the deployment ${name} was not opened`);
        return lookFor(asked, given, signal);
      },
      running: async (name) => {
        const { entries } = await readDeployments(options, io);
        return entries.find(({ deployment }) => deployment === name)?.report ?? null;
      },
      ofSuite: (suite) => {
        const { store } = runs;
        const last = store?.listRuns(MOST_RUNS).find(({ plan }) => plan.suite === suite && !plan.comparison);
        return runAnswer(store && last ? readReport(store, last.id).gate : null);
      },
      isFirst: (name, revision) => begun.isFirst(name, revision),
    }),
    close: async () => {
      const ended = new AbortController().signal;
      for (const { evidence } of open.values()) await evidence.end(ended);
    },
  };
}
