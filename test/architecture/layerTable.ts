/** Imported by every feature, and importing none. */
export const BASE = [
  'errors',
  'files',
  'http',
  'model',
  'ports',
  'processes',
  'resilience',
  'statistics',
  'store',
];

/** Names that telemetry is written with; words that any feature may use, and that import nothing. */
export const ATTRIBUTES = 'src/engine/telemetry/attributes.ts';

/**
 * How numbers and foreign texts are shown and what counts as a warning, the same everywhere: the only code of the engine that the editor’s part loads.
 */
export const SHOWN: readonly string[] = [
  'src/engine/model/figures.ts',
  'src/engine/model/otlpVariables.ts',
  'src/engine/model/deploymentFigures.ts',
  'src/engine/model/gatewayFigures.ts',
  'src/engine/model/gatewayVariables.ts',
  'src/engine/model/providerCondition.ts',
  'src/engine/model/visibleText.ts',
];

/** Which features a feature may import, beside itself and the base. Never back: the graph has no cycles.
 * After a change, `npm run schemas` brings it into the lint rules. */
export const ALLOWED: { [feature: string]: readonly string[] } = {
  errors: ['model'],
  files: ['model', 'errors', 'ports'],
  http: ['errors', 'model', 'ports'],
  model: [],
  ports: ['model'],
  processes: ['files', 'model'],
  resilience: ['errors', 'http', 'model', 'ports'],
  statistics: [],
  store: ['model', 'errors', 'resilience'],
  telemetry: [],
  traces: ['telemetry', 'datasets', 'evaluators', 'attach'],
  attach: [],
  datasets: [],
  prompts: [],
  models: [],
  evaluators: ['models'],
  targets: ['models', 'prompts'],
  cost: ['models', 'prompts', 'targets', 'datasets'],
  compress: ['prompts', 'models'],
  suites: ['targets', 'evaluators', 'models', 'prompts', 'datasets'],
  promptfoo: ['suites', 'targets', 'evaluators', 'datasets', 'models', 'prompts'],
  runs: ['cost', 'suites', 'targets', 'evaluators', 'datasets', 'prompts', 'models', 'telemetry'],
  compare: ['runs', 'suites', 'targets', 'datasets'],
  reports: [],
  simulate: ['telemetry', 'cost', 'models'],
  language: ['suites', 'evaluators', 'datasets', 'prompts', 'models'],
  readReport: ['compare', 'runs', 'reports'],
  releases: ['prompts', 'models', 'datasets'],
  gateway: [
    'releases',
    'suites',
    'models',
    'telemetry',
    'traces',
    'compare',
    'runs',
    'evaluators',
    'datasets',
    'targets',
    'prompts',
  ],
  monitors: ['suites', 'evaluators', 'models', 'telemetry', 'traces', 'runs'],
  deploy: [
    'gateway',
    'releases',
    'suites',
    'compare',
    'runs',
    'targets',
    'models',
    'telemetry',
    'traces',
    'monitors',
  ],
  engine: [
    'readReport',
    'cost',
    'models',
    'suites',
    'runs',
    'compare',
    'reports',
    'telemetry',
    'traces',
    'datasets',
    'prompts',
  ],
};
