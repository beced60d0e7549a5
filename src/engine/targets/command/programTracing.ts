import type { Environment } from '../../ports.ts';
import type { CallTraces, ShownByTrace } from '../callTraces.ts';
import type { TargetContext } from '../target.ts';
import { traceEnvironment } from './commandEnvironment.ts';
import { ownEndpoint, tracingEnvironment } from './tracingEnvironment.ts';

/** One call of a program that may trace itself. */
export interface TracedCall {
  /** Undefined where nobody wants its spans. */
  traces: CallTraces | undefined;
  /** The whole environment of the program. */
  env: { [name: string]: string };
  /** Waits a while for what is under way; null where its spans show nothing. */
  close(): Promise<ShownByTrace | null>;
}

/** Gives a program an endpoint for its spans in each call, unless its environment has one of its own. */
export class ProgramTracing {
  readonly #environment: Environment;
  /** That the spans go elsewhere was said. */
  #saidOwn = false;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** `given` is the environment that the program has otherwise. */
  async open(given: { [name: string]: string }, context: TargetContext): Promise<TracedCall> {
    const traces = context.openTraces?.();
    const own = ownEndpoint(given, this.#environment);
    const env = traces ? await this.#tracing(traces, given, own, context) : given;
    return {
      traces,
      env: { ...env, ...traceEnvironment(context.span) },
      close: async () =>
        (await traces?.close({ elsewhere: own !== undefined, signal: context.signal })) ?? null,
    };
  }

  async #tracing(
    traces: CallTraces,
    given: { [name: string]: string },
    own: string | undefined,
    { span }: TargetContext,
  ): Promise<{ [name: string]: string }> {
    if (own !== undefined) {
      if (!this.#saidOwn)
        span.log('info', `the agent sends its spans to ${own}, as its environment says, and not to this run`);
      this.#saidOwn = true;
      return given;
    }

    const endpoint = await traces.endpoint();
    return endpoint === undefined ? given : tracingEnvironment(endpoint, given);
  }
}
