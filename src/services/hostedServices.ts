import type { ServicesLease } from '../engine/attach/servicesLease.ts';
import { gatewayRoutes } from '../engine/deploy/routers/local/gatewayRoutes.ts';
import { UserError } from '../engine/errors.ts';
import { withoutGateway } from '../engine/model/gatewayVariables.ts';
import {
  type Clock,
  type Environment,
  fixedEnvironment,
  type Log,
  processEnvironment,
  type Random,
} from '../engine/ports.ts';
import { loadWorkspace } from '../engine/suites/loadWorkspace.ts';
import { receiverSamples } from '../engine/telemetry/metrics/prometheus/stateSamples.ts';
import { EvaluationHub } from '../engine/telemetry/stream/evaluationHub.ts';
import { eventsRoute } from '../engine/telemetry/stream/eventsRoute.ts';
import { streamSamples } from '../engine/telemetry/stream/streamSamples.ts';
import { processOwner } from '../processOwner.ts';
import type { Receive, ServicesStatus } from '../protocol/servicesCalls.ts';
import { ConfigurationFile } from './configurationFile.ts';
import { WorkspaceDesk } from './deploymentDesk.ts';
import { DeploymentPlaces } from './deploymentPlaces.ts';
import { ExposedMetrics } from './exposedMetrics.ts';
import { Forwarding, type ForwardingOptions } from './forwarding.ts';
import { openGatewayThread } from './gatewayThread.ts';
import { Live } from './live.ts';
import { LiveAlerts } from './liveAlerts.ts';
import { LiveDeployments } from './liveDeployments.ts';
import { LiveGateway } from './liveGateway.ts';
import { LiveMetrics } from './liveMetrics.ts';
import { LiveMonitors } from './liveMonitors.ts';
import { ReceivedTraces } from './receivedTraces.ts';
import { type Exposure, Receiving, type Wish } from './receiving.ts';
import { ServedPrograms } from './servedPrograms.ts';
import { WorkspacePrices } from './workspacePrices.ts';

export interface HostedOptions {
  /** Real path of the workspace. */
  root: string;
  exposure: Exposure;
  clock: Clock;
  random: Random;
  /** Where what is received is sent on. */
  forward: Pick<ForwardingOptions, 'configFile' | 'environment' | 'given' | 'mayReadKeys' | 'onLoss'>;
  /** Which those who ask for evaluations must show. */
  token: string;
  /** Somebody is attached who may have keys. */
  isAttended(): boolean;
  /** Something was done for a sender or client. */
  onTouch(): void;
  /** The status has changed. */
  onChange(): void;
  onBug(error: unknown): void;
}

type Left = Pick<ServicesLease, 'receives' | 'gateway'>;

/** What the services process does for its workspace: it receives traces, and measures, evaluates and watches them; and the gateway. */
export class HostedServices {
  readonly gateway: LiveGateway;
  readonly deployments: LiveDeployments;
  readonly #served: ServedPrograms;
  readonly #options: HostedOptions;
  readonly #forwarding: Forwarding;
  readonly #traces: ReceivedTraces;
  readonly #hub = new EvaluationHub();
  readonly #prices: WorkspacePrices;
  readonly #monitors: LiveMonitors;
  readonly #live: Live;
  readonly #alerts: LiveAlerts;
  readonly #receiving: Receiving;
  #watchingAlerts: Promise<void> | undefined;

  constructor(options: HostedOptions) {
    const { root, clock, random, exposure, token, forward, onTouch, onChange, onBug } = options;
    this.#options = options;
    const touched = (): void => {
      onTouch();
      onChange();
    };
    this.#forwarding = new Forwarding({ ...forward, clock, random, onChange });
    const exposed = new ExposedMetrics(clock);
    exposed.add(() =>
      receiverSamples({ ...this.#traces.received, isStoring: this.#traces.problem === null }),
    );
    const { mayReadKeys, environment } = forward;
    // An editor may have keys in its environment that the person gave to something else.
    const keys = mayReadKeys ? withoutGateway(environment) : fixedEnvironment({});
    const configuration = new ConfigurationFile(root, keys, clock);
    this.#prices = new WorkspacePrices(configuration);
    this.#monitors = new LiveMonitors({
      ...{ root, clock, random, onBug, onChange, hub: this.#hub, owner: processOwner() },
      ...{ configuration, environment: keys },
    });
    exposed.add(() => streamSamples(this.#monitors.status));
    this.#live = new Live({
      ...{ clock, onBug, onChange },
      consumers: [
        new LiveMetrics({ root, clock, exposed, configuration, prices: this.#prices }),
        this.#monitors,
      ],
    });
    this.#traces = new ReceivedTraces({
      ...{ root, clock, onBug, onChange: touched, forward: this.#forwarding, price: this.#prices.price },
      onOpen: (source, signal) => this.#live.start(source, signal),
    });
    this.#receiving = new Receiving({
      ...{ root, clock, random, onBug, exposure, onChange },
      received: this.#traces,
      routes: (access) => [
        exposed.route(access),
        eventsRoute({
          ...{ hub: this.#hub, token, clock },
          after: (...from) => this.#traces.evaluations(...from),
          lastSeq: () => this.#traces.lastEvaluation,
        }),
      ],
    });
    this.#alerts = new LiveAlerts({
      ...{ root, configuration, clock, random, onBug, onChange },
      // A workspace names what signs and where to: no key is used for it without a word of the person.
      environment: mayReadKeys ? environment : null,
      isReceiving: () => this.#receiving.state.state === 'receiving' || this.gateway.lease !== null,
    });
    this.gateway = new LiveGateway({
      ...{ root, configuration, environment: keys, clock, random, onBug, onChange: touched },
      isAttended: options.isAttended,
      open: (ports) => openGatewayThread({ ...ports, mayReadKeys }, this.#traces),
    });
    this.deployments = this.#openDeployments(keys);
    this.#served = new ServedPrograms({
      ...{ root, clock, random, configuration, environment: keys },
      control: gatewayRoutes(this.gateway),
      isServing: () => this.gateway.isServing,
    });
  }

  /** What it steers goes through the gateway; what it watches, through the monitors. */
  #openDeployments(keys: Environment): LiveDeployments {
    const { root, clock, random, onChange, onBug } = this.#options;
    const owner = processOwner();
    const ports = { root, clock, random, owner, environment: keys };
    const places = new DeploymentPlaces({
      ...ports,
      cluster: processEnvironment,
      routes: gatewayRoutes(this.gateway),
      serveGateway: async () => {
        if (!this.gateway.isServing) await this.gateway.start({ port: null, keep: true });
      },
    });
    const desk = new WorkspaceDesk({
      ...{ ...ports, places, holder: `services process ${owner.pid} on ${owner.host}` },
      load: () => loadWorkspace({ root, environment: keys, signal: NEVER }),
      log: errorLog(onBug),
      onMonitors: (monitors) => void this.#monitors.add(monitors).catch(onBug),
    });
    return new LiveDeployments({ desk, clock, onChange, onBug });
  }

  get status(): Omit<ServicesStatus, 'pid' | 'version' | 'startedAt' | 'foreground' | 'attached'> {
    return {
      receiver: this.#receiving.state,
      received: this.#traces.received,
      storeProblem: this.#traces.problem,
      liveProblems: [...this.#live.problems, ...this.#alerts.problems],
      forward: this.#forwarding.status,
      stream: this.#monitors.status,
      gateway: this.gateway.state,
      deployments: this.deployments.status,
    };
  }

  /** What the next process goes on with where this one is killed. */
  get lease(): Left {
    const { state } = this.#receiving;
    return {
      receives:
        state.state === 'receiving' ? { port: state.port, keep: state.keep, token: state.token } : null,
      gateway: this.gateway.lease,
    };
  }

  /** Goes on when nobody is attached. */
  get isKept(): boolean {
    const { state } = this.#receiving;
    return (state.state === 'receiving' && state.keep) || this.gateway.isKept || this.deployments.isKept;
  }

  /** Rejects with UserErrors for what is given beside the configuration. */
  prepare(): Promise<void> {
    return this.#forwarding.refresh();
  }

  /** As the process did that was killed. Where one of its ports is taken meanwhile, the state says so. */
  async goOn({ receives, gateway }: Left, signal: AbortSignal): Promise<void> {
    await this.#prices.refresh();
    await this.#quietly(() => this.deployments.prepare());
    this.#traces.goOn();
    if (receives) {
      const { port, keep, token } = receives;
      await this.#quietly(() =>
        this.#receiving.on({ port, keep, token: this.#options.exposure.token ?? token }),
      );
    }
    if (gateway) await this.#quietly(() => this.gateway.start(gateway));
    await this.#quietly(() => this.deployments.goOn());
    this.#watchingAlerts = this.#alerts.run(signal);
  }

  /** Rejects with ServerError where it cannot listen there. */
  async receive(wanted: Receive): Promise<void> {
    await this.#forwarding.refresh();
    if (wanted.on) await this.#receiving.on(this.#wishOf(wanted));
    else await this.#receiving.off();
  }

  /** Brings it up to what the configuration says now. */
  async refresh(): Promise<void> {
    await this.#forwarding.refresh();
    await this.#served.look(NEVER).catch(this.#options.onBug);
  }

  /** What is under way is finished first; the signal of `goOn` must be aborted. */
  async close(): Promise<void> {
    // What they do goes through the gateway.
    await this.deployments.close();
    await Promise.all([this.#receiving.off(), this.gateway.stop()]);
    await this.#forwarding.close();
    await this.#watchingAlerts;
    this.#traces.close();
    this.#hub.close();
  }

  async #quietly(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof UserError)) this.#options.onBug(error);
    }
  }

  #wishOf({ port, keep, requireToken }: Extract<Receive, { on: true }>): Wish {
    const { state } = this.#receiving;
    const now = state.state === 'receiving' ? state.token : null;
    const { exposure, random } = this.#options;
    const token = requireToken === null ? now : requireToken ? (now ?? random.hex(16)) : null;
    return { port, keep, token: exposure.token ?? token };
  }
}

const NEVER = new AbortController().signal;

/** What is no error has nobody to read it here. */
function errorLog(onBug: (error: unknown) => void): Log {
  return {
    write: (level, message, fields) => {
      if (level === 'error') onBug(new Error(message, { cause: fields }));
    },
  };
}
