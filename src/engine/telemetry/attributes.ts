/**
 * Every name of an attribute or event that is written to or read from telemetry. Names are wire format: collectors,
 * dashboards and stored runs know them. They are constants of this project, since OpenTelemetry's package marks all
 * names for generative AI as deprecated: they have moved out of the general conventions.
 */

/** OpenTelemetry's semantic conventions for generative AI. */
export const GEN_AI = {
  operationName: 'gen_ai.operation.name',
  providerName: 'gen_ai.provider.name',
  agentName: 'gen_ai.agent.name',
  outputType: 'gen_ai.output.type',

  requestModel: 'gen_ai.request.model',
  requestTemperature: 'gen_ai.request.temperature',
  requestTopP: 'gen_ai.request.top_p',
  requestMaxTokens: 'gen_ai.request.max_tokens',
  requestSeed: 'gen_ai.request.seed',
  requestStopSequences: 'gen_ai.request.stop_sequences',
  requestFrequencyPenalty: 'gen_ai.request.frequency_penalty',
  requestPresencePenalty: 'gen_ai.request.presence_penalty',

  responseModel: 'gen_ai.response.model',
  responseId: 'gen_ai.response.id',
  responseFinishReasons: 'gen_ai.response.finish_reasons',

  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  /** Counted in `inputTokens`, as are those written. */
  cacheReadTokens: 'gen_ai.usage.cache_read.input_tokens',
  cacheCreationTokens: 'gen_ai.usage.cache_creation.input_tokens',

  evaluationName: 'gen_ai.evaluation.name',
  evaluationScore: 'gen_ai.evaluation.score.value',
  evaluationLabel: 'gen_ai.evaluation.score.label',
  evaluationExplanation: 'gen_ai.evaluation.explanation',

  inputMessages: 'gen_ai.input.messages',
  outputMessages: 'gen_ai.output.messages',
  systemInstructions: 'gen_ai.system_instructions',
  requestPrefix: 'gen_ai.request.',
  clientPrefix: 'gen_ai.client.',
  executeToolDuration: 'gen_ai.execute_tool.duration',
  toolDefinitions: 'gen_ai.tool.definitions',
  toolType: 'gen_ai.tool.type',
  toolDescription: 'gen_ai.tool.description',
  agentPrefix: 'gen_ai.agent.',
  dataSourceId: 'gen_ai.data_source.id',
  responsePrefix: 'gen_ai.response.',
  evaluationPrefix: 'gen_ai.evaluation.',
  embeddingsPrefix: 'gen_ai.embeddings.',
  tokenType: 'gen_ai.token.type',
  workflowName: 'gen_ai.workflow.name',
  promptName: 'gen_ai.prompt.name',
  prefix: 'gen_ai.',
  responseTimeToFirstChunk: 'gen_ai.response.time_to_first_chunk',
  conversationId: 'gen_ai.conversation.id',
  toolName: 'gen_ai.tool.name',
  toolCallId: 'gen_ai.tool.call.id',
  toolCallArguments: 'gen_ai.tool.call.arguments',
  toolCallResult: 'gen_ai.tool.call.result',
  usageCacheWriteInputTokens: 'gen_ai.usage.cache_write.input_tokens',
  usageReasoningOutputTokens: 'gen_ai.usage.reasoning.output_tokens',
} as const;

/** What the conventions have no word for. */
export const TOUCHSTONE = {
  runId: 'touchstone.run.id',
  suite: 'touchstone.suite',
  /** How often the run had been started before. */
  attempt: 'touchstone.attempt',
  caseId: 'touchstone.case.id',
  caseTags: 'touchstone.case.tags',
  targetName: 'touchstone.target.name',
  targetKind: 'touchstone.target.kind',
  /** From 0. */
  trial: 'touchstone.trial',
  trialStatus: 'touchstone.trial.status',
  outputStatus: 'touchstone.output.status',
  /** The answer came from a recording. */
  replayed: 'touchstone.replayed',
  /** Where the answer comes from that is not a fresh one of the target's own model: `cache`, `similar`, `model`, `fixed`. */
  source: 'touchstone.source',
  /** Why the model did not answer itself. */
  sourceReason: 'touchstone.source.reason',
  /** The model that gave it, as `provider/model`. */
  sourceModel: 'touchstone.source.model',
  /** Of an answer from a cache, in milliseconds. */
  sourceAge: 'touchstone.source.age_ms',
  /** The run whose stored answer is judged again. */
  rejudged: 'touchstone.rejudged',
  /** How an exchange of the gateway ended. */
  ending: 'touchstone.gateway.ending',
  route: 'touchstone.gateway.route',
  arm: 'touchstone.gateway.arm',
  /** The trace in which an agent recorded a span that now stands in the trace of a case. */
  originTraceId: 'touchstone.origin.trace_id',
  /** The span's own parent there, where that did not arrive. */
  originParentId: 'touchstone.origin.parent_span_id',
  embeddedTexts: 'touchstone.embeddings.texts',
  evaluationType: 'touchstone.evaluation.type',
  evaluationStage: 'touchstone.evaluation.stage',
  monitor: 'touchstone.monitor.name',
  /** The name of the evaluation that stands for the verdict over all of them. */
  verdict: 'touchstone.verdict',
} as const;

/** OpenTelemetry's general conventions. */
export const GENERAL = {
  errorType: 'error.type',
  serviceName: 'service.name',
  serviceVersion: 'service.version',
  eventName: 'event.name',
  sessionId: 'session.id',
  serverAddress: 'server.address',
  serverPort: 'server.port',
  requestMethod: 'http.request.method',
  responseStatus: 'http.response.status_code',
  urlPath: 'url.path',
} as const;

/** Names of events. */
export const EVENT = {
  evaluationResult: 'gen_ai.evaluation.result',
  firstToken: 'first_token',
  retry: 'retry',
  wait: 'wait',
  rejected: 'rejected',
  fallback: 'fallback',
} as const;

/** What an event of a retry says. */
export const RETRY = { attempt: 'attempt', waitMs: 'wait_ms' } as const;

/** What an event of a wait or a rejection says: which policy of ours it was. */
export const WAIT = { policy: 'policy', waitMs: 'wait_ms' } as const;

/** What an event of a fallback says: what answered, and why the model did not. */
export const FALLBACK = { step: 'step', why: 'why' } as const;

/** The properties of a JUnit report. */
export const JUNIT = {
  run: 'touchstone.run',
  suite: 'touchstone.suite',
  target: 'touchstone.target',
  dataset: 'touchstone.dataset',
  datasetVersion: 'touchstone.dataset.version',
  repeat: 'touchstone.repeat',
  seed: 'touchstone.seed',
  /** Of the whole run: how many answers came from fallbacks, a cache, or after several calls. */
  sources: 'touchstone.sources',
} as const;

/** What a span of the OpenAI Agents SDK says, once it has been imported: it has no OpenTelemetry of its own. */
export const OPENAI_AGENTS = {
  type: 'openai_agents.span.type',
  data: 'openai_agents.span.data',
  group: 'openai_agents.group_id',
} as const;

/** What OpenTelemetry’s conventions were before, and what frameworks made of them. They are read, and never written. */
export const GEN_AI_FORMER = {
  system: 'gen_ai.system',
  prompt: 'gen_ai.prompt',
  completion: 'gen_ai.completion',
  usagePromptTokens: 'gen_ai.usage.prompt_tokens',
  usageCompletionTokens: 'gen_ai.usage.completion_tokens',
  usageCacheReadInputTokens: 'gen_ai.usage.cache_read_input_tokens',
  usageCacheCreationInputTokens: 'gen_ai.usage.cache_creation_input_tokens',
  openaiRequestResponseFormat: 'gen_ai.openai.request.response_format',
  openaiRequestSeed: 'gen_ai.openai.request.seed',
  openaiRequestServiceTier: 'gen_ai.openai.request.service_tier',
  openaiResponseServiceTier: 'gen_ai.openai.response.service_tier',
  openaiResponseSystemFingerprint: 'gen_ai.openai.response.system_fingerprint',
  promptPrefix: 'gen_ai.prompt.',
  completionPrefix: 'gen_ai.completion.',
  usageTotalTokens: 'gen_ai.usage.total_tokens',
  openaiPrefix: 'gen_ai.openai.',
  usageInputTokensCached: 'gen_ai.usage.input_tokens.cached',
  usageReasoningTokens: 'gen_ai.usage.reasoning_tokens',
  usageOutputTokensReasoning: 'gen_ai.usage.output_tokens.reasoning',
} as const;

/** Events, or log records, that have the conversation of a call. */
export const GEN_AI_EVENT = {
  systemMessage: 'gen_ai.system.message',
  userMessage: 'gen_ai.user.message',
  assistantMessage: 'gen_ai.assistant.message',
  toolMessage: 'gen_ai.tool.message',
  choice: 'gen_ai.choice',
  contentPrompt: 'gen_ai.content.prompt',
  contentCompletion: 'gen_ai.content.completion',
  clientInferenceOperationDetails: 'gen_ai.client.inference.operation.details',
} as const;
