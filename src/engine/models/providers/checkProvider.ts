import { UserError } from '../../errors.ts';
import { Connection } from '../../http/httpConnection.ts';
import { createRedactor } from '../../http/redactor.ts';
import { type Clock, type Environment, noSpan } from '../../ports.ts';
import type { Guard } from '../../resilience/guard.ts';
import type { Allowance, Policy } from '../../resilience/policy.ts';
import { wrap } from '../../resilience/wrap.ts';
import { sendToOpenAi } from '../embeddings/embeddingsClient.ts';
import { ModelError } from '../modelClient.ts';
import type { ProviderConfig } from '../modelProvider.ts';
import { createChatClient } from '../openai/chatClient.ts';
import { type Endpoint, getModels, secretsOf as secretTexts } from '../openai/endpoint.ts';
import { statusError, toModelError } from '../openai/providerError.ts';
import { secretsOf } from '../providerSecrets.ts';
import { problemOf } from './checkProblem.ts';
import { type ProviderCheck, UNKNOWN_FACTS } from './providerCheck.ts';

export interface CheckedProvider {
  name: string;
  config: ProviderConfig;
  /** Null where no model of the provider is used. */
  model: { name: string; kind: 'chat' | 'embedding' } | null;
}

export interface CheckPorts {
  clock: Clock;
  environment: Environment;
}

/** A local model may have to be loaded first, in milliseconds. */
const TIMEOUT_MS = 60_000;
/** Reasoning models use some tokens before the first word. */
const MAX_TOKENS = 64;

/**
 * Sends one small request to a provider and says what came of it. It is sent whatever breakers and limits say, and once. Rejects with
 * the signal's reason.
 */
export async function checkProvider(
  { name, config, model }: CheckedProvider,
  ports: CheckPorts,
  signal: AbortSignal,
): Promise<ProviderCheck> {
  const baseUrl = config.baseUrl.replace(/(?<!\/)\/+$/, '');
  const base = {
    ...UNKNOWN_FACTS,
    provider: name,
    origin: URL.parse(baseUrl)?.origin ?? baseUrl,
    model: model?.name ?? null,
  };

  const endpoint = endpointFor(name, baseUrl, config, ports.environment);
  if ('problem' in endpoint) return { ...base, keyAccepted: 'no', problem: endpoint.problem };

  const probe = new Probe(name, ports);
  try {
    const key = config.apiKey === undefined ? 'not asked' : 'yes';
    const found = await ask({ name, config, model }, endpoint, probe, signal);
    return { ...base, reachable: 'yes', keyAccepted: key, ...found, allowance: probe.allowance };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (!(error instanceof ModelError)) throw error;
    return { ...base, ...problemOf(error, config), allowance: probe.allowance };
  } finally {
    probe.close();
  }
}

function endpointFor(
  name: string,
  baseUrl: string,
  config: ProviderConfig,
  environment: Environment,
): Endpoint | { problem: NonNullable<ProviderCheck['problem']> } {
  try {
    return { baseUrl, ...secretsOf(name, config, environment) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { problem: { message: error.message, remedy: error.remedy ?? '' } };
  }
}

type Answer = Pick<ProviderCheck, 'modelKnown' | 'streams' | 'latencyMs' | 'firstTokenMs'>;

/** Throws ModelError. */
function ask(
  { name, config, model }: CheckedProvider,
  endpoint: Endpoint,
  probe: Probe,
  signal: AbortSignal,
): Promise<Answer> {
  if (model === null) return askModels(endpoint, probe, signal);
  const { clock, connection, guard } = probe;
  const client = { provider: name, model: model.name, connection, clock, guard };
  return model.kind === 'chat'
    ? askChat(createChatClient({ ...client, ...endpoint, stream: config.stream }), config, signal)
    : askEmbedding(
        sendToOpenAi({ ...client, endpoint: () => endpoint, guardOf: () => guard }),
        probe,
        signal,
      );
}

async function askChat(
  client: ReturnType<typeof createChatClient>,
  { stream = true }: ProviderConfig,
  signal: AbortSignal,
): Promise<Answer> {
  const reply = await client.complete(
    { messages: [{ role: 'user', content: 'Reply with OK.' }], parameters: { maxTokens: MAX_TOKENS } },
    { signal, span: noSpan, timeoutMs: TIMEOUT_MS },
  );
  if (reply.status === 'incomplete') throw new ModelError('protocol', reply.reason, { transient: false });

  const { latencyMs, firstTokenMs } = reply;
  const streams = !stream ? 'not asked' : firstTokenMs === null && reply.text !== '' ? 'no' : 'yes';
  return { modelKnown: 'yes', streams, latencyMs, firstTokenMs };
}

async function askEmbedding(
  send: ReturnType<typeof sendToOpenAi>,
  { clock }: Probe,
  signal: AbortSignal,
): Promise<Answer> {
  const begun = clock.monotonic();
  await send(['OK'], { signal, span: noSpan, timeoutMs: TIMEOUT_MS });
  const latencyMs = clock.monotonic() - begun;
  return { modelKnown: 'yes', streams: 'not asked', latencyMs, firstTokenMs: null };
}

/** A provider of which no model is used can at least say which it has. */
async function askModels(
  endpoint: Endpoint,
  { clock, connection }: Probe,
  signal: AbortSignal,
): Promise<Answer> {
  const redact = createRedactor(secretTexts(endpoint));
  const begun = clock.monotonic();
  try {
    const limit = { clock, ms: TIMEOUT_MS };
    const reply = await getModels(endpoint, { connection, signal, limit });
    try {
      if (!reply.ok) throw await statusError(reply, clock);
    } finally {
      reply.close();
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw toModelError(error, { where: `no connection to ${endpoint.baseUrl}`, redact });
  }

  const latencyMs = clock.monotonic() - begun;
  return { modelKnown: 'not asked', streams: 'not asked', latencyMs, firstTokenMs: null };
}

/** Lets every call through, once, and notes what the provider says of its limits. */
class Probe {
  readonly clock: Clock;
  readonly connection = new Connection();
  readonly guard: Guard;
  allowance: Allowance | null = null;

  constructor(provider: string, { clock }: CheckPorts) {
    this.clock = clock;
    const note: Policy = {
      name: 'pace',
      admit: () => ({
        settle: ({ allowance }) => {
          this.allowance = allowance ?? this.allowance;
        },
      }),
    };
    this.guard = wrap({
      provider,
      clock,
      poolPolicies: () => [],
      attemptPolicies: [note],
      retry: { begun: () => {}, next: () => ({ stop: 'attempts', until: undefined }) },
    });
  }

  close(): void {
    this.connection.close();
  }
}
