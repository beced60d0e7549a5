import * as z from 'zod';

const toolCall = z.object({
  id: z.string().exactOptional(),
  name: z.string(),
  arguments: z.json(),
});

const message = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
  content: z.union([
    z.string(),
    z.array(
      z.discriminatedUnion('type', [
        z.object({ type: z.literal('text'), text: z.string() }),
        z.object({ type: z.literal('image'), url: z.string() }),
      ]),
    ),
  ]),
  name: z.string().exactOptional(),
  toolCalls: z.array(toolCall).exactOptional(),
  toolCallId: z.string().exactOptional(),
});

/** What the engine process asks of the window that it belongs to. */
export const bridgeCalls = {
  /** One reply of a chat model of the editor (`vscode.lm`). Fails with a `model` failure. */
  'model/complete': {
    params: z.strictObject({
      /** `vendor/family`, or `vendor/id`. */
      model: z.string().min(1),
      messages: z.array(message),
      tools: z.array(
        z.object({
          name: z.string(),
          description: z.string().exactOptional(),
          parameters: z.record(z.string(), z.json()).exactOptional(),
        }),
      ),
      /** Passed to the model as `modelOptions`; which of them count is the provider's business. */
      options: z.record(z.string(), z.json()),
    }),
    result: z.object({
      text: z.string(),
      toolCalls: z.array(toolCall),
      /** The model that answered, as the editor names it. */
      model: z.string(),
      /** From the request to the first part of the reply, in milliseconds; null where there was none. */
      firstPartMs: z.number().nullable(),
      /** Tokens by the model's own tokenizer; null where it has none. The editor reports no usage. */
      counted: z.object({ input: z.int(), output: z.int() }).nullable(),
      /** Why the stream broke off after it had begun; null for a whole reply. */
      broken: z.string().nullable(),
    }),
  },
  /** A key of the person's, for one provider at one origin. Null when there is none, or it was refused. */
  'secret/get': {
    params: z.strictObject({
      provider: z.string().min(1),
      /** Scheme, host and port that the key would be sent to. */
      origin: z.url(),
      /** The environment variable that the configuration names for it. */
      variable: z.string(),
    }),
    result: z.object({ value: z.string().nullable() }),
  },
};
