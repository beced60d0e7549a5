import * as z from 'zod';

export const modelCalls = {
  /** Providers that the configuration names, and the models that its suites use. Connects to nothing. */
  'model/list': {
    params: z.strictObject({}),
    result: z.object({
      providers: z.array(
        z.object({
          name: z.string(),
          /** Scheme, host and port: what a key is bound to. */
          origin: z.string(),
          /** Whether it wants a key at all. */
          needsKey: z.boolean(),
        }),
      ),
      /** As `provider/model`, sorted. */
      models: z.array(z.string()),
    }),
  },
  /** Looks for model servers on this machine: Ollama, LM Studio, llama.cpp, vLLM. Only when a person asks. */
  'model/discover': {
    params: z.strictObject({}),
    result: z.object({
      servers: z.array(z.object({ name: z.string(), baseUrl: z.string(), models: z.array(z.string()) })),
    }),
  },
};
