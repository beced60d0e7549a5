import { Redactor } from '../../http/redactor.ts';
import type { LocatedCase } from '../../model/case.ts';
import type { TrialResult } from '../../model/result.ts';
import { priceOfModel } from '../../models/prices/modelPrice.ts';
import { type Clock, type Environment, type Log, noSpan, type Random } from '../../ports.ts';
import { Places } from '../../runs/lanes/places.ts';
import { EngineModels } from '../../runs/preparation/engineModels.ts';
import { type Judging, prepareJudging } from '../../runs/preparation/judging.ts';
import { RunScope } from '../../runs/preparation/runScope.ts';
import { judgeTrial } from '../../runs/tickets/runTrial.ts';
import { MEMORY } from '../../store/file/database.ts';
import { RunStore } from '../../store/runStore.ts';
import type { SuiteConfig } from '../../suites/config/suiteConfig.ts';
import type { Workspace } from '../../suites/loadWorkspace.ts';
import type { AskedVersion } from '../routers/router.ts';
import { askedTarget } from './askedTargets.ts';

interface Ports {
  clock: Clock;
  random: Random;
  environment: Environment;
  log: Log;
}

const ASK_MS = 60_000;

/** The cases of a suite with its evaluators, to be asked of a version. Scripts and programs of the suite are not run. */
export class GoldenCases {
  readonly cases: readonly LocatedCase[];
  readonly #suite: SuiteConfig;
  readonly #workspace: Workspace;
  readonly #ports: Ports;
  readonly #judging: Judging;
  readonly #models: EngineModels;
  readonly #closing: () => Promise<void>;

  private constructor(parts: {
    cases: readonly LocatedCase[];
    suite: SuiteConfig;
    workspace: Workspace;
    ports: Ports;
    judging: Judging;
    models: EngineModels;
    close(): Promise<void>;
  }) {
    this.cases = parts.cases;
    this.#suite = parts.suite;
    this.#workspace = parts.workspace;
    this.#ports = parts.ports;
    this.#judging = parts.judging;
    this.#models = parts.models;
    this.#closing = parts.close;
  }

  /** Throws UserErrors. */
  static async open(
    workspace: Workspace,
    suite: SuiteConfig,
    ports: Ports,
    signal: AbortSignal,
  ): Promise<GoldenCases> {
    const [dataset] = suite.datasets;
    const models = new EngineModels(ports);
    const store = new RunStore(MEMORY);
    const { root, config } = workspace;
    const scope = new RunScope(
      { ...ports, trust: { commands: false, scripts: false }, models, programs: new Places(), store },
      { configured: [{ place: { root, providers: config.providers }, targets: [] }], adaptiveBudgets: false },
    );
    const close = async () => {
      await scope.close();
      store.close();
    };

    try {
      if (!dataset) throw new Error('a suite has a dataset');
      const judging = await prepareJudging({ workspace, suite, dataset, overrides: {} }, scope, signal);
      const cases: LocatedCase[] = [];
      for await (const batch of judging.inputs.source.batches({ signal })) cases.push(...batch);
      const parts = { cases, suite, workspace, ports, judging, models };
      return new GoldenCases({ ...parts, close: () => judging.close().then(close) });
    } catch (error) {
      await close();
      throw error;
    }
  }

  /** Asks a version and judges its answer. Rejects with the signal's reason, with UserErrors, and where a judge is not asked now. */
  async ask(
    located: LocatedCase,
    { asked, version }: { asked: AskedVersion; version: string },
    signal: AbortSignal,
  ): Promise<TrialResult> {
    const { clock, log, environment, random } = this.#ports;
    const entry = located.case;
    const by = { name: version, suite: this.#suite, entry };
    const target = askedTarget(asked, by, { clock, environment, guards: this.#models.guards });
    const span = { ...noSpan, traceId: random.hex(16), spanId: random.hex(8) };
    const traced = { ...span, traceparent: `00-${span.traceId}-${span.spanId}-01` };

    try {
      const startedAt = clock.now();
      const { providers } = this.#workspace.config;
      const output = await target.call(
        { case: entry, trial: 0, seed: 0 },
        { signal, span: traced, timeoutMs: ASK_MS, priceOf: (model) => priceOfModel(model, providers) },
      );
      const evaluators = this.#judging.inputs.evaluatorsFor(located);
      const job = {
        ...{ runId: 'golden', located, target, trial: 0, seed: 0, auditShare: 0, evaluators, signal, clock },
        span: traced,
        cascade: { ...this.#judging.inputs.cascadeFor(entry, evaluators), clock, log },
        scoreFallbacks: undefined,
        redactor: new Redactor(Object.values(asked.headers)),
      };
      return await judgeTrial(job, { output, startedAt }, []);
    } finally {
      await target.close();
    }
  }

  close(): Promise<void> {
    return this.#closing();
  }
}
