import { existsSync } from 'node:fs';
import { ALLOWED, ATTRIBUTES, BASE } from '../test/architecture/layerTable.ts';

/** File names that still stand for two things in the engine. */
export const SHARED_NAMES: readonly string[] = [];

/** Most lines of a function's body; blank lines do not count. */
const MAX_FUNCTION = 60;

/** Most lines of a file. */
const MAX_FILE = 300;

/** From a file within a feature to the folder of all features, as deep as folders go. */
const UP = '{..,../..,../../..,../../../..}';

const ENGINE = new URL('../src/engine/', import.meta.url);

/** What is above the engine. */
const ABOVE = [
  'cli',
  'engineProcess',
  'extension',
  'protocol',
  'processOwner',
  'services',
  'systemRandom',
  'ui',
  'version',
  'webview',
];

/** Biome's rules for layers and lengths, so that an editor shows a slip while it is typed. */
export function lintRules(): object {
  return {
    $schema: './node_modules/@biomejs/biome/configuration_schema.json',
    overrides: [
      override(['src/engine/**'], {
        complexity: { noExcessiveLinesPerFunction: limit(MAX_FUNCTION, { skipBlankLines: true }) },
        style: { noExcessiveLinesPerFile: limit(MAX_FILE) },
      }),
      ...Object.keys(ALLOWED).flatMap(layerOf),
    ],
  };
}

/** A feature is a folder or a single file. */
function layerOf(feature: string): object[] {
  return [
    override([`src/engine/${feature}/**`], { style: { noRestrictedImports: layerRule(feature, UP) } }),
    override([`src/engine/${feature}.ts`], { style: { noRestrictedImports: layerRule(feature, '.') } }),
  ];
}

function layerRule(feature: string, up: string): object {
  const base = BASE.includes(feature) ? [] : BASE;
  const allowed = [...(ALLOWED[feature] ?? []), ...base];
  const others = Object.keys(ALLOWED).filter((name) => name !== feature && !allowed.includes(name));
  const attributes = `!${up}/${ATTRIBUTES.replace('src/engine/', '')}`;
  const message = `${feature} may import ${allowed.join(', ') || 'nothing else of the engine'} (test/architecture/layerTable.ts).`;

  // A folder of the feature may be called as another feature is: from its neighbours, it is the feature’s own.
  const own = others.filter((name) => existsSync(new URL(`${feature}/${name}`, ENGINE)));

  const patterns = [
    {
      group: [
        `${up}/{${others}}/**`,
        `${up}/{${others}}.ts`,
        attributes,
        ...own.map((name) => `!../${name}/**`),
      ],
      message,
    },
    {
      group: [`${UP}/{${ABOVE}}/**`, `${UP}/{${ABOVE}}.ts`],
      message: 'The engine imports nothing from above it.',
    },
  ];
  const paths = { vscode: 'The engine does not know VS Code.' };
  return { level: 'error', options: { paths, patterns } };
}

function limit(maxLines: number, options: { skipBlankLines?: boolean } = {}): object {
  return { level: 'error', options: { maxLines, ...options } };
}

function override(includes: readonly string[], rules: object): object {
  return { includes, linter: { rules } };
}
