import { UserError } from '../engine/errors.ts';
import { Connection } from '../engine/http/httpConnection.ts';
import { linkLocalGuard } from '../engine/http/linkLocal.ts';
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

interface OpenDelivery {
  config: SubscriberConfig;
  /** Undefined where nothing can be sent. */
  delivery: EvaluationDelivery | undefined;
  /** Why not. */
  problem: string | null;
}

/** Sends evaluations to where `stream` of touchstone.yaml says. */
export class EvaluationDeliveries {
  readonly #ports: DeliveryPorts;
  readonly #connection = new Connection(linkLocalGuard());
  #open: readonly OpenDelivery[] = [];

  constructor(ports: DeliveryPorts) {
    this.#ports = ports;
  }

  /** Why something is not delivered now; null where all is. */
  get problem(): string | null {
    for (const { config, delivery, problem } of this.#open) {
      if (problem !== null) return `stream.${config.name}: ${problem}`;
      if (delivery && delivery.problem !== null) return `${delivery.name}: ${delivery.problem}`;
    }
    return null;
  }

  /** Evaluations that the other side did not take. */
  failedOf(subscriber: string): number {
    return this.#open.find(({ delivery }) => delivery?.name === subscriber)?.delivery?.failed ?? 0;
  }

  /** Those that stay the same go on. */
  async use(configs: readonly SubscriberConfig[]): Promise<void> {
    const before = this.#open;
    const kept = before.filter((open) => configs.some((config) => isSame(open.config, config)));
    await Promise.all(before.filter((open) => !kept.includes(open)).map(({ delivery }) => delivery?.close()));

    this.#open = await Promise.all(
      configs.map(async (config) => kept.find((open) => isSame(open.config, config)) ?? this.#begin(config)),
    );
  }

  async close(): Promise<void> {
    await this.use([]);
    this.#connection.close();
  }

  async #begin(config: SubscriberConfig): Promise<OpenDelivery> {
    try {
      const sink = await this.#sinkOf(config);
      const delivery = new EvaluationDelivery(sink, this.#ports.hub, this.#ports.clock);
      return { config, delivery, problem: null };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return { config, delivery: undefined, problem: error.message };
    }
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
    return otlpEventSink(
      `otlp ${shownAddress(settings)}`,
      createOtlpClient(settings, { clock, random, connection: this.#connection }),
    );
  }
}

function isSame(a: SubscriberConfig, b: SubscriberConfig): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
