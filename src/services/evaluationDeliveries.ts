import { UserError } from '../engine/errors.ts';
import { Connection } from '../engine/http/httpConnection.ts';
import { guardedLookup } from '../engine/http/linkLocal.ts';
import type { Clock, Environment, Random } from '../engine/ports.ts';
import type { SubscriberConfig } from '../engine/suites/monitoring/streamConfig.ts';
import { EvaluationDelivery, type EvaluationSink } from '../engine/telemetry/stream/evaluationDelivery.ts';
import type { EvaluationHub } from '../engine/telemetry/stream/evaluationHub.ts';
import { otlpEventSink } from '../engine/telemetry/stream/otlpEventSink.ts';
import { webhookSink } from '../engine/telemetry/stream/webhookSink.ts';
import { forwardSettings, shownAddress } from './forwardSettings.ts';

interface DeliveryPorts {
  hub: EvaluationHub;
  clock: Clock;
  random: Random;
  environment: Environment;
}

/** Sends evaluations to where `stream` of touchstone.yaml says. */
export class EvaluationDeliveries {
  readonly #ports: DeliveryPorts;
  readonly #connection = new Connection({ lookup: guardedLookup() });
  #configs = '[]';
  #open: EvaluationDelivery[] = [];
  /** One that cannot be opened. */
  #openProblem: string | null = null;

  constructor(ports: DeliveryPorts) {
    this.#ports = ports;
  }

  /** Why something is not delivered now; null where all is. */
  get problem(): string | null {
    const failing = this.#open.find(({ problem }) => problem !== null);
    return this.#openProblem ?? (failing ? `${failing.name}: ${failing.problem}` : null);
  }

  /** Evaluations that the other side did not take. */
  failedOf(subscriber: string): number {
    return this.#open.find(({ name }) => name === subscriber)?.failed ?? 0;
  }

  /** Those that stay the same go on. */
  async use(configs: readonly SubscriberConfig[]): Promise<void> {
    const wanted = JSON.stringify(configs);
    if (wanted === this.#configs) return;
    this.#configs = wanted;
    await this.#closeAll();
    this.#openProblem = null;

    for (const config of configs) {
      try {
        const sink = await this.#sinkOf(config);
        this.#open.push(new EvaluationDelivery(sink, this.#ports.hub, this.#ports.clock));
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        this.#openProblem = `stream.${config.name}: ${error.message}`;
      }
    }
  }

  async close(): Promise<void> {
    this.#configs = '[]';
    await this.#closeAll();
  }

  async #closeAll(): Promise<void> {
    const open = this.#open;
    this.#open = [];
    await Promise.all(open.map((delivery) => delivery.close()));
  }

  async #sinkOf(config: SubscriberConfig): Promise<EvaluationSink> {
    const { clock, random, environment } = this.#ports;
    if (config.kind === 'webhook')
      return webhookSink(config, { connection: this.#connection, clock, environment });

    const { name, url, headers } = config;
    const owner = { url: `stream.${name}.otlp`, headers: `stream.${name}.headers` };
    const settings = forwardSettings({ url, headers, owner }, environment);
    // Loaded on demand: the serializers are large.
    const { createOtlpClient } = await import('../engine/telemetry/otlp/otlpClient.ts');
    return otlpEventSink(`otlp ${shownAddress(settings)}`, createOtlpClient(settings, { clock, random }));
  }
}
