import { defined } from '../../model/defined.ts';
import type { ModelParameters } from '../../model/message.ts';
import { emptyOutput, type Output } from '../../model/output.ts';
import type { RenderedPrompt } from '../../model/prompt.ts';
import {
  type CallOptions,
  type ModelClient,
  ModelError,
  type ModelReply,
  type ModelRequest,
} from '../../models/modelClient.ts';
import type { Clock } from '../../ports.ts';
import type { TargetContext, TargetRequest } from '../target.ts';
import { type AllowTokens, allowanceMetadata, type TokenAllowance } from './tokenAllowance.ts';

interface ModelCallOptions {
  /** Name of the target. */
  name: string;
  client: ModelClient;
  parameters: ModelParameters;
  /** Send the trial's seed where the settings name none; a provider that refuses it is asked without it from then on. */
  seeds: boolean;
  /** Limits each call's output tokens, on top of the limit that the settings name. */
  allow?: AllowTokens | undefined;
  clock: Clock;
  toOutput(reply: ModelReply, rendered: RenderedPrompt): Output;
}

/** Sends what was made of a case to a model. An error of the model is an output. */
export type ModelCall = (
  rendered: RenderedPrompt,
  request: TargetRequest,
  context: TargetContext,
) => Promise<Output>;

export function modelCall(options: ModelCallOptions): ModelCall {
  const { name, client, parameters, clock, allow, toOutput } = options;
  const send = options.seeds && parameters.seed === undefined ? seeding(client) : plain(client);

  return async (rendered, request, context) => {
    const allowance = allow?.(name, request.case);
    const asked = toRequest(rendered, withAllowance(parameters, allowance));
    const call = { ...context, trial: request.trial, caseId: request.case.id };
    const begun = clock.monotonic();

    try {
      const reply = await send(asked, request.seed, call);
      return recordAllowance(toOutput(reply, rendered), parameters, allowance);
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      if (error.rejection) throw error.rejection;
      const { code, message, transient } = error;
      const latencyMs = clock.monotonic() - begun;
      return { ...emptyOutput(), latencyMs, status: 'error', error: { code, message, transient } };
    }
  };
}

type Send = (request: ModelRequest, seed: number, context: CallOptions) => Promise<ModelReply>;

function plain(client: ModelClient): Send {
  return (request, _seed, context) => client.complete(request, context);
}

function seeding(client: ModelClient): Send {
  let refused = false;

  return async (request, seed, context) => {
    if (refused) return client.complete(request, context);
    try {
      const parameters = { ...request.parameters, seed };
      return await client.complete({ ...request, parameters, negotiable: ['seed'] }, context);
    } catch (error) {
      if (!(error instanceof ModelError) || error.code !== 'bad-request' || error.parameter !== 'seed')
        throw error;
      refused = true;
      return client.complete(request, context);
    }
  };
}

function withAllowance(parameters: ModelParameters, allowance: TokenAllowance | undefined): ModelParameters {
  if (!allowance || !binds(allowance, parameters)) return parameters;
  return { ...parameters, maxTokens: allowance.tokens + allowance.borrowed };
}

/** An output that ended at the limit of the settings was not cut off by its budget. */
function recordAllowance(
  output: Output,
  parameters: ModelParameters,
  allowance: TokenAllowance | undefined,
): Output {
  if (!allowance) return output;
  const finishReason = binds(allowance, parameters) ? output.finishReason : null;
  return { ...output, metadata: { ...output.metadata, ...allowanceMetadata(allowance, finishReason) } };
}

function binds({ tokens, borrowed }: TokenAllowance, { maxTokens }: ModelParameters): boolean {
  return maxTokens === undefined || tokens + borrowed <= maxTokens;
}

function toRequest(
  { messages, tools, responseFormat }: RenderedPrompt,
  parameters: ModelParameters,
): ModelRequest {
  return {
    messages,
    parameters,
    ...(tools.length > 0 ? { tools } : {}),
    ...defined({ responseFormat }),
  };
}
